import { getSampleType } from '../../../io/codec/convert-to-samples.ts';
import { getFullRange } from '../../../io/sample-raster.ts';
import type { TiffDirectory } from '../../../io/tiff/directory.ts';
import type { Tiff } from '../../../io/tiff/open-tiff.ts';
import { PHOTOMETRIC, TAG } from '../../../io/tiff/tags.ts';
import { readTiffImage, type TiffImage } from '../../../io/tiff/tiff-image.ts';
import { TiffError, UnsupportedFormatError } from '../../../utils/errors.ts';
import { isSamePhotometric } from '../../photometric.ts';
import { createWindowLevel, withSamples } from '../../samples/window-level.ts';
import { orientWindow } from '../../samples/windows.ts';
import type { SlideSettings } from '../../settings.ts';
import type { SampleWindow } from '../../slide.ts';
import type { BackingLevel } from '../../slide-format.ts';
import { createTiffLevel } from '../../tiff-level.ts';
import { type ChannelLevel, createCompositeLevel } from './composite-level.ts';
import { type ChannelLook, createSampleLevel, showSampleLevel } from './sample-levels.ts';

/** A channel of the chosen plane: its directory, and the file that holds it. */
export interface ChannelPlane {
  readonly tiff: Tiff;
  readonly directory: TiffDirectory;
  /** In the file that was opened, whose path is the slide's. */
  readonly own: boolean;
  /** Undefined for pixels that are shown as they are: RGB, and a single grey channel without a colour. */
  readonly color: ChannelLevel['color'] | undefined;
  /** Of a single sample; undefined where there is none, so that it can't be shown. */
  readonly window: SampleWindow | undefined;
}

/** A channel's images, finest first. */
interface Pyramid {
  readonly plane: ChannelPlane;
  readonly images: readonly TiffImage[];
}

/**
 * The levels of the channels' planes, put together. Reduced copies are the SubIFDs of each plane; where there are none, the
 * `pages` that no image claims, which have the plane's shape: one for each channel at each size, in the order of channels.
 * @throws UnsupportedFormatError where channels differ in size, TiffError where a level is damaged
 */
export async function createChannelLevels(
  planes: readonly ChannelPlane[],
  pages: readonly TiffDirectory[],
  { settings, notices }: { settings: SlideSettings; notices: string[] },
): Promise<BackingLevel[]> {
  const pyramids = await readPyramids(planes);
  const hasSubs = pyramids.some(({ images }) => images.length > 1);
  const complete = hasSubs ? pyramids : await addPages(pyramids, pages, notices);
  const full = complete[0]?.images[0];
  if (!full) return [];
  const { name } = full.directory.file.source;
  const count = Math.min(...complete.map(({ images }) => images.length));
  if (complete.some(({ images }) => images.length > count))
    notices.push(`only the ${count} finest levels are read: coarser ones lack some channels`);
  const levels: BackingLevel[] = [];
  for (let index = 0; index < count; index++) {
    const parts: ChannelLevel[] = [];
    for (const { plane, images } of complete) {
      const level = await createChannelLevel(images[index] ?? full, { full, plane, settings });
      if (plane.color === undefined) levels.push(level);
      else parts.push({ level, color: plane.color });
    }
    if (parts.length === 0) continue;
    const composite = createCompositeLevel(parts);
    if (!composite) throw new UnsupportedFormatError(name, `level ${index}: channels of different sizes or tiles`);
    levels.push(composite);
  }
  return levels;
}

/**
 * The levels of a plane whose pixels have several samples, each of them a channel; reduced copies as above, one page for
 * each size.
 * @throws UnsupportedFormatError, TiffError where a level is damaged
 */
export async function createInterleavedLevels(
  plane: Omit<ChannelPlane, 'color' | 'window'>,
  looks: readonly ChannelLook[],
  { pages, settings, notices }: { pages: readonly TiffDirectory[]; settings: SlideSettings; notices: string[] },
): Promise<BackingLevel[]> {
  const images = await readPlaneImages(plane);
  const whole = [{ plane: { ...plane, color: undefined, window: undefined }, images }];
  const [complete] = images.length > 1 ? whole : await addPages(whole, pages, notices);
  const [full] = images;
  if (!full || !complete) return [];
  const levels = complete.images.map(async (image) =>
    showSampleLevel(await createSampleLevel(image, full, settings), looks),
  );
  return Promise.all(levels);
}

async function createChannelLevel(
  image: TiffImage,
  { full, plane, settings }: { full: TiffImage; plane: ChannelPlane; settings: SlideSettings },
): Promise<BackingLevel> {
  if (isWindowed(image, plane.window)) {
    const type = getSampleType(image) ?? 'uint8';
    // JPEG and its like give pixels alone, which are its samples.
    const samples =
      type === 'uint8'
        ? withSamples(await createTiffLevel(image, full, settings))
        : await createSampleLevel(image, full, settings);
    const inverted = image.photometric === PHOTOMETRIC.WhiteIsZero;
    const channel = { index: 0, name: '', type, rgb: false, range: undefined, inverted };
    return createWindowLevel(samples, { channel, window: orientWindow(plane.window, channel) });
  }
  const level = await createTiffLevel(image, full, settings);
  if (plane.own) return level;
  // Other threads find tiles by the slide's own path.
  const { describeTiles, ...plain } = level;
  return plain;
}

/** Codecs show unsigned samples of 8 and 16 bits in the range of their type; all else goes through a window. */
function isWindowed(image: TiffImage, window: SampleWindow | undefined): boolean {
  const { samplesPerPixel, photometric } = image;
  const type = getSampleType(image);
  if (!type || samplesPerPixel !== 1 || photometric === PHOTOMETRIC.Palette) return false;
  const range = type === 'uint8' || type === 'uint16' ? getFullRange(type) : undefined;
  return !range || !window || window[0] !== range[0] || window[1] !== range[1];
}

/** SubIFDs of a plane: a pyramid has about ten. */
const MAX_SUB_DIRECTORIES = 64;

/** Channels may share a directory, which is then read once. */
async function readPyramids(planes: readonly ChannelPlane[]): Promise<Pyramid[]> {
  const known = new Map<TiffDirectory, readonly TiffImage[]>();
  const pyramids: Pyramid[] = [];
  for (const plane of planes) {
    const images = known.get(plane.directory) ?? (await readPlaneImages(plane));
    known.set(plane.directory, images);
    pyramids.push({ plane, images });
  }
  return pyramids;
}

async function readPlaneImages({
  tiff,
  directory,
}: Pick<ChannelPlane, 'tiff' | 'directory'>): Promise<readonly TiffImage[]> {
  const full = await readTiffImage(directory);
  const count = directory.fields.get(TAG.SubIFDs)?.count ?? 0;
  if (count > MAX_SUB_DIRECTORIES) {
    const problem = `directory ${directory.index}: ${count} SubIFDs, more than ${MAX_SUB_DIRECTORIES}`;
    throw new TiffError(tiff.source.name, problem, { directory: directory.index });
  }
  const subs = await Promise.all((await tiff.readSubDirectories(directory)).map(readTiffImage));
  subs.sort((a, b) => b.width - a.width);
  const images = [full];
  for (const image of subs) {
    if (image.width < (images.at(-1)?.width ?? 0) && isReducedCopy(image, full)) images.push(image);
  }
  return images;
}

/** Pages of one size make a level where there is one for each channel. */
async function addPages(
  pyramids: readonly Pyramid[],
  pages: readonly TiffDirectory[],
  notices: string[],
): Promise<readonly Pyramid[]> {
  const full = pyramids[0]?.images[0];
  if (!full || pyramids.some(({ plane }) => !plane.own)) return pyramids;
  const bySize = new Map<string, TiffImage[]>();
  for (const page of pages) {
    const image = await readTiffImage(page).catch(() => undefined);
    if (!image) notices.push(`page ${page.index} is left out: it can't be read`);
    if (!image || image.width >= full.width || !isReducedCopy(image, full)) continue;
    const size = `${image.width} x ${image.height}`;
    const group = bySize.get(size);
    if (group) group.push(image);
    else bySize.set(size, [image]);
  }
  const sizes: TiffImage[][] = [];
  for (const [size, group] of bySize) {
    if (group.length === pyramids.length) sizes.push(group);
    else notices.push(`the level of ${size} pixels is left out: ${group.length} pages for ${pyramids.length} channels`);
  }
  sizes.sort(([a], [b]) => (b?.width ?? 0) - (a?.width ?? 0));
  return pyramids.map(({ plane, images: [first] }, channel) => ({
    plane,
    images: [first, ...sizes.map((group) => group[channel])].filter((image) => image !== undefined),
  }));
}

/** Same shape, when sides may be rounded by a pixel, and the same kind of samples. */
function isReducedCopy(image: TiffImage, full: TiffImage): boolean {
  const scale = full.width / image.width;
  const samePhotometric = isSamePhotometric(image.photometric, full.photometric);
  const alike = samePhotometric && image.samplesPerPixel === full.samplesPerPixel;
  return alike && Math.abs(full.height / scale - image.height) <= 1 + full.height / scale / image.width;
}
