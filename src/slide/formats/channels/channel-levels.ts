import type { TiffDirectory } from '../../../io/tiff/directory.ts';
import type { Tiff } from '../../../io/tiff/open-tiff.ts';
import { readTiffImage, type TiffImage } from '../../../io/tiff/tiff-image.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import type { SlideSettings } from '../../settings.ts';
import type { BackingLevel } from '../../slide-format.ts';
import { createTiffLevel } from '../../tiff-level.ts';
import { type ChannelLevel, createCompositeLevel } from './composite-level.ts';
import { shiftSigned } from './kernels/shift-signed.ts';

/** A channel of the chosen plane: its directory, and the file that holds it. */
export interface ChannelPlane {
  readonly tiff: Tiff;
  readonly directory: TiffDirectory;
  /** In the file that was opened, whose path is the slide's. */
  readonly own: boolean;
  /** Undefined for pixels that are shown as they are: RGB, and a single grey channel without a colour. */
  readonly color: ChannelLevel['color'] | undefined;
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
  settings: SlideSettings,
): Promise<BackingLevel[]> {
  const pyramids = await Promise.all(planes.map(readPyramid));
  const hasSubs = pyramids.some(({ images }) => images.length > 1);
  const complete = hasSubs ? pyramids : await addPages(pyramids, pages);
  const full = complete[0]?.images[0];
  if (!full) return [];
  const { name } = full.directory.file.source;
  const count = Math.min(...complete.map(({ images }) => images.length));
  const levels: BackingLevel[] = [];
  for (let index = 0; index < count; index++) {
    const parts: ChannelLevel[] = [];
    for (const { plane, images } of complete) {
      const level = await createChannelLevel(images[index] ?? full, { full, own: plane.own, settings });
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

async function createChannelLevel(
  image: TiffImage,
  { full, own, settings }: { full: TiffImage; own: boolean; settings: SlideSettings },
): Promise<BackingLevel> {
  const signed = image.sampleFormat === SIGNED && image.samplesPerPixel === 1;
  const level = await createTiffLevel(signed ? { ...image, sampleFormat: UNSIGNED } : image, full, settings);
  if (own && !signed) return level;
  // Other threads find tiles by the slide's own path, and know nothing of signs.
  const { describeTiles, ...plain } = level;
  if (!signed) return plain;
  return {
    ...plain,
    async decodeTile(col, row) {
      const tile = await level.decodeTile(col, row);
      return tile && { ...tile, data: shiftSigned(tile.data) };
    },
  };
}

/** Values of SampleFormat (tag 339). */
const UNSIGNED = 1;
const SIGNED = 2;

async function readPyramid(plane: ChannelPlane): Promise<Pyramid> {
  const full = await readTiffImage(plane.directory);
  const subs = await Promise.all((await plane.tiff.readSubDirectories(plane.directory)).map(readTiffImage));
  subs.sort((a, b) => b.width - a.width);
  const images = [full];
  for (const image of subs) {
    if (image.width < (images.at(-1)?.width ?? 0) && isReducedCopy(image, full)) images.push(image);
  }
  return { plane, images };
}

/** Pages of one size make a level where there is one for each channel. */
async function addPages(pyramids: readonly Pyramid[], pages: readonly TiffDirectory[]): Promise<readonly Pyramid[]> {
  const full = pyramids[0]?.images[0];
  if (!full || pages.length < pyramids.length || pyramids.some(({ plane }) => !plane.own)) return pyramids;
  const images = await Promise.all(pages.map((page) => readTiffImage(page).catch(() => undefined)));
  const bySize = new Map<string, TiffImage[]>();
  for (const image of images) {
    if (!image || image.width >= full.width || !isReducedCopy(image, full)) continue;
    const size = `${image.width} x ${image.height}`;
    bySize.set(size, [...(bySize.get(size) ?? []), image]);
  }
  const sizes = [...bySize.values()].filter((group) => group.length === pyramids.length);
  sizes.sort(([a], [b]) => (b?.width ?? 0) - (a?.width ?? 0));
  return pyramids.map(({ plane, images: [first] }, channel) => ({
    plane,
    images: [first, ...sizes.map((group) => group[channel])].filter((image) => image !== undefined),
  }));
}

/** Same shape, when sides may be rounded by a pixel, and the same kind of samples. */
function isReducedCopy(image: TiffImage, full: TiffImage): boolean {
  const scale = full.width / image.width;
  const alike = image.photometric === full.photometric && image.samplesPerPixel === full.samplesPerPixel;
  return alike && Math.abs(full.height / scale - image.height) <= 1 + full.height / scale / image.width;
}
