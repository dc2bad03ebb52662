import { getSampleType } from '../../io/codec/convert-to-samples.ts';
import { readTiffImage, type TiffImage } from '../../io/tiff/tiff-image.ts';
import { OptionError, TiffError, UnsupportedFormatError } from '../../utils/errors.ts';
import { resolveMpp } from '../mpp.ts';
import { withNotices } from '../notices.ts';
import { chooseWindows } from '../samples/windows.ts';
import type { SlideSettings } from '../settings.ts';
import { describeFiles } from '../slide-files.ts';
import type { SlideBacking, SlideFormat } from '../slide-format.ts';
import { readIccProfile, readResolution, readTiffProperties } from '../tiff-properties.ts';
import { chooseColors, describeChannels } from './channels/channel-colors.ts';
import { type ChannelPlane, createChannelLevels, createInterleavedLevels } from './channels/channel-levels.ts';
import { chooseLooks } from './channels/sample-levels.ts';
import { findOmeAssociatedImages } from './ome-tiff/associated-images.ts';
import { createPlaneLocator, listUnclaimedPages, type PlanePosition } from './ome-tiff/locate-plane.ts';
import { createOmeFiles, type OmeFiles } from './ome-tiff/ome-files.ts';
import { readCompanionHead, readOmeHead } from './ome-tiff/ome-head.ts';
import type { OmeImage } from './ome-tiff/ome-model.ts';
import { createOmeProperties } from './ome-tiff/ome-properties.ts';
import { chooseMainImage, getAssociatedName, type OmeSet, readOmeSet } from './ome-tiff/read-ome-set.ts';
import { isInterleaved, stateChannels } from './ome-tiff/state-channels.ts';

/** Channels of a picture: each has a page of its own, which is read for every tile. */
const MAX_CHANNELS = 1024;

/**
 * OME-TIFF: a TIFF whose first ImageDescription is OME-XML, or the companion file of a set. One plane (options `z` and `t`) of
 * the first image that is no label, macro or thumbnail is the slide; its channels are put together into RGB.
 */
export const omeTiffFormat: SlideFormat = {
  name: 'ome-tiff',
  selectsPlanes: true,

  async detect(source, tiff) {
    return (await (tiff ? readOmeHead(tiff) : readCompanionHead(source))) !== undefined;
  },

  async open(source, tiff, settings) {
    const set = await readOmeSet(source, tiff);
    const blocks = set.images.flatMap(({ pixels }) => pixels.blocks);
    const files = createOmeFiles(
      set.own,
      blocks.map(({ file }) => file),
    );
    try {
      return await openImage(set, files, settings);
    } catch (error) {
      await files.close();
      throw error;
    }
  },
};

async function openImage(set: OmeSet, files: OmeFiles, settings: SlideSettings): Promise<SlideBacking> {
  const { name } = set.own.source;
  const main = chooseMainImage(set.images);
  if (!main) throw new UnsupportedFormatError(name, 'OME-XML without an image');
  const { pixels } = main;
  checkPlane(set, main, settings);
  const { planes: found, first, count } = await findPlanes(set, main, { files, settings });
  const together = isInterleaved(first, main);
  const stated = await stateChannels(found, first, main);
  const facts = { count: together ? first.samplesPerPixel : count, rgb: !together && first.samplesPerPixel >= 3 };
  const { bitsPerSample: bitDepth } = first;
  const channels = describeChannels(stated, { ...facts, bitDepth, type: getSampleType(first) });
  const windows = chooseWindows(channels, settings);
  const planes = found.map((plane, c) => ({ ...plane, window: windows[c] }));
  const known = set.images.map((image) => ({
    ...{ pixels: image.pixels, channels: image === main ? count : countChannels(image) },
  }));
  const pages = listUnclaimedPages(known, set.own.tiff?.directories.length ?? 0);
  const free = pages.flatMap((page) => set.own.tiff?.directories[page] ?? []);
  const directory = first.directory;
  const { physicalSizeX: x, physicalSizeY: y } = pixels;
  const notices = listOtherImages(set, main);
  const [plane] = found;
  const levels =
    together && plane
      ? await createInterleavedLevels(plane, chooseLooks(channels, stated, settings), {
          pages: free,
          settings,
          notices,
        })
      : await createChannelLevels(planes, free, { settings, notices });
  const associatedImages = await findOmeAssociatedImages(set, main, { files, settings, notices });
  // All of them are open by now.
  const members = files.listSources();
  return {
    levels,
    mpp: resolveMpp({
      override: settings.mpp,
      metadata: x !== undefined && y !== undefined ? { x, y } : undefined,
      resolution: await readResolution(directory),
    }),
    objectivePower: main.objectivePower,
    channels,
    plane: pixels.sizeZ * pixels.sizeT > 1 ? { z: settings.z, t: settings.t } : undefined,
    properties: withNotices(
      new Map([...(await readTiffProperties(directory)), ...createOmeProperties(set, main, settings)]),
      notices,
    ),
    associatedImages,
    ...(members.length > 1 && describeFiles(members)),
    iccProfile: await readIccProfile(directory),
    close: () => files.close(),
  };
}

/** Scenes beside the one that is shown. */
function listOtherImages({ images }: OmeSet, main: OmeImage): string[] {
  const others = images.filter((image) => image !== main && getAssociatedName(image.name) === undefined).length;
  return others > 0 ? [`${others} other image${others > 1 ? 's' : ''} of the file: no part of the slide`] : [];
}

/** @throws OptionError for a plane that the image does not have */
function checkPlane({ missingCompanion }: OmeSet, { pixels }: OmeImage, settings: SlideSettings): void {
  const options = missingCompanion
    ? { hint: `the file that describes the set, ${missingCompanion}, is not beside this one` }
    : {};
  for (const [option, size] of [
    ['z', pixels.sizeZ],
    ['t', pixels.sizeT],
  ] as const) {
    if (settings[option] >= size)
      throw new OptionError(option, `an integer from 0 to ${size - 1}`, settings[option], options);
  }
}

/** Planes at each Z and T: samples of one pixel share a plane. A list of channels that leaves some out does not count. */
function countChannels({ pixels: { channels, sizeC } }: OmeImage): number {
  const samples = channels.reduce((sum, { samplesPerPixel }) => sum + samplesPerPixel, 0);
  return samples >= sizeC ? channels.length : Math.ceil(sizeC / (channels[0]?.samplesPerPixel ?? 1));
}

/** The chosen plane of each channel; `count` of them. */
async function findPlanes(
  set: OmeSet,
  image: OmeImage,
  { files, settings }: { files: OmeFiles; settings: SlideSettings },
): Promise<{ planes: Omit<ChannelPlane, 'window'>[]; first: TiffImage; count: number }> {
  const { z, t } = settings;
  const listed = countChannels(image);
  const find = (channels: number) => createPlaneFinder(set, image, { files, channels });
  // Where samples are listed as channels, planes follow each other more closely than the list says.
  const start = await find(listed)({ c: 0, z, t }).catch((error: unknown) => {
    if (listed === 1) throw error;
    return find(1)({ c: 0, z, t });
  });
  const { samplesPerPixel } = await readTiffImage(start.directory);
  // Some writers list the samples of RGB pixels as channels of their own: the TIFF is right.
  const count = samplesPerPixel === image.pixels.sizeC ? 1 : listed;
  if (count > 1 && samplesPerPixel > 1)
    throw new UnsupportedFormatError(set.own.source.name, `${count} channels of ${samplesPerPixel} samples each`);
  if (count > MAX_CHANNELS)
    throw new UnsupportedFormatError(set.own.source.name, `${count} channels, more than ${MAX_CHANNELS}`);
  const colors = samplesPerPixel > 1 ? [undefined] : chooseColors(image.pixels.channels, count);
  const planes: Omit<ChannelPlane, 'window'>[] = [];
  // One after another, so that a file that holds several of them is opened once.
  const findChannel = find(count);
  for (let c = 0; c < count; c++) planes.push({ ...(await findChannel({ c, z, t })), color: colors[c] });
  return { planes, first: await readTiffImage(planes[0]?.directory ?? start.directory), count };
}

type FoundPlane = Omit<ChannelPlane, 'color' | 'window'>;

/** @param channels planes at each Z and T. */
function createPlaneFinder(
  { own }: OmeSet,
  { pixels }: OmeImage,
  { files, channels }: { files: OmeFiles; channels: number },
): (position: PlanePosition) => Promise<FoundPlane> {
  const locate = createPlaneLocator(pixels, channels);
  return async (position) => {
    const { c, z, t } = position;
    const where = `the plane of channel ${c}, z ${z}, t ${t}`;
    const address = locate(position);
    if (!address) throw new UnsupportedFormatError(own.source.name, `OME-XML does not say where ${where} is`);
    const tiff = await files.open(address.file);
    const directory = tiff.directories[address.ifd];
    if (!directory) {
      const pages = tiff.directories.length;
      const problem = `${where} should be directory ${address.ifd}, and the file has ${pages}`;
      throw new TiffError(tiff.source.name, problem, { directory: address.ifd });
    }
    return { tiff, directory, own: tiff === own.tiff };
  };
}
