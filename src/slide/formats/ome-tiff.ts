import { readTiffImage, type TiffImage } from '../../io/tiff/tiff-image.ts';
import { OptionError, TiffError, UnsupportedFormatError } from '../../utils/errors.ts';
import { resolveMpp } from '../mpp.ts';
import type { SlideSettings } from '../settings.ts';
import type { SlideBacking, SlideFormat } from '../slide-format.ts';
import { readIccProfile, readResolution, readTiffProperties } from '../tiff-properties.ts';
import { chooseColors, describeChannels } from './channels/channel-colors.ts';
import { type ChannelPlane, createChannelLevels } from './channels/channel-levels.ts';
import { findOmeAssociatedImages } from './ome-tiff/associated-images.ts';
import { listUnclaimedPages, locatePlane } from './ome-tiff/locate-plane.ts';
import { createOmeFiles, type OmeFiles } from './ome-tiff/ome-files.ts';
import { readCompanionHead, readOmeHead } from './ome-tiff/ome-head.ts';
import type { OmeImage } from './ome-tiff/ome-model.ts';
import { createOmeProperties } from './ome-tiff/ome-properties.ts';
import { chooseMainImage, type OmeSet, readOmeSet } from './ome-tiff/read-ome-set.ts';

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
  const { planes, first, count } = await findPlanes(set, main, { files, settings });
  const known = set.images.map((image) => ({ pixels: image.pixels, channels: countChannels(image) }));
  const pages = listUnclaimedPages(known, set.own.tiff?.directories.length ?? 0);
  const free = pages.flatMap((page) => set.own.tiff?.directories[page] ?? []);
  const directory = first.directory;
  const { physicalSizeX: x, physicalSizeY: y } = pixels;
  return {
    levels: await createChannelLevels(planes, free, settings),
    mpp: resolveMpp({
      override: settings.mpp,
      metadata: x !== undefined && y !== undefined ? { x, y } : undefined,
      resolution: await readResolution(directory),
      objectivePower: main.objectivePower,
    }),
    objectivePower: main.objectivePower,
    channels: describeChannels(pixels.channels, {
      count,
      rgb: first.samplesPerPixel >= 3,
      bitDepth: first.bitsPerSample,
      type: pixels.type,
    }),
    plane: pixels.sizeZ * pixels.sizeT > 1 ? { z: settings.z, t: settings.t } : undefined,
    properties: new Map([...(await readTiffProperties(directory)), ...createOmeProperties(set, main, settings)]),
    associatedImages: await findOmeAssociatedImages(set, main, { files, settings }),
    iccProfile: await readIccProfile(directory),
    close: () => files.close(),
  };
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

/** Planes at each Z and T: samples of one pixel share a plane. */
function countChannels({ pixels }: OmeImage): number {
  return pixels.channels.length || Math.ceil(pixels.sizeC / (pixels.channels[0]?.samplesPerPixel ?? 1));
}

/** The chosen plane of each channel; `count` of them. */
async function findPlanes(
  set: OmeSet,
  image: OmeImage,
  { files, settings }: { files: OmeFiles; settings: SlideSettings },
): Promise<{ planes: ChannelPlane[]; first: TiffImage; count: number }> {
  const { z, t } = settings;
  const listed = countChannels(image);
  const firstPlane = await findPlane(set, image, { files, position: { c: 0, z, t }, channels: listed });
  const first = await readTiffImage(firstPlane.directory);
  // Some writers list the samples of RGB pixels as channels of their own: the TIFF is right.
  const count = first.samplesPerPixel === image.pixels.sizeC ? 1 : listed;
  if (count > 1 && first.samplesPerPixel > 1)
    throw new UnsupportedFormatError(set.own.source.name, `${count} channels of ${first.samplesPerPixel} samples each`);
  if (count > MAX_CHANNELS)
    throw new UnsupportedFormatError(set.own.source.name, `${count} channels, more than ${MAX_CHANNELS}`);
  const colors = first.samplesPerPixel > 1 ? [undefined] : chooseColors(image.pixels.channels, count);
  const planes: ChannelPlane[] = [];
  // One after another, so that a file that holds several of them is opened once.
  for (let c = 0; c < count; c++) {
    const plane = await findPlane(set, image, { files, position: { c, z, t }, channels: count });
    planes.push({ ...plane, color: colors[c] });
  }
  return { planes, first, count };
}

interface PlaneSearch {
  readonly files: OmeFiles;
  readonly position: { readonly c: number; readonly z: number; readonly t: number };
  readonly channels: number;
}

async function findPlane(
  { own }: OmeSet,
  { pixels }: OmeImage,
  { files, position, channels }: PlaneSearch,
): Promise<Omit<ChannelPlane, 'color'>> {
  const { c, z, t } = position;
  const where = `the plane of channel ${c}, z ${z}, t ${t}`;
  const address = locatePlane(pixels, channels, position);
  if (!address) throw new UnsupportedFormatError(own.source.name, `OME-XML does not say where ${where} is`);
  const tiff = await files.open(address.file);
  const directory = tiff.directories[address.ifd];
  if (!directory) {
    const pages = tiff.directories.length;
    const problem = `${where} should be directory ${address.ifd}, and the file has ${pages}`;
    throw new TiffError(tiff.source.name, problem, { directory: address.ifd });
  }
  return { tiff, directory, own: tiff === own.tiff };
}
