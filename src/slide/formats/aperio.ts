import type { TiffDirectory } from '../../io/tiff/directory.ts';
import { COMPRESSION, PHOTOMETRIC, TAG } from '../../io/tiff/tags.ts';
import { readTiffImage, type TiffImage } from '../../io/tiff/tiff-image.ts';
import { UnsupportedFormatError } from '../../utils/errors.ts';
import { resolveMpp } from '../mpp.ts';
import { withNotices } from '../notices.ts';
import { RGB_CHANNEL } from '../samples/channel-list.ts';
import type { SlideFormat } from '../slide-format.ts';
import { createTiffLevel } from '../tiff-level.ts';
import { readIccProfile, readTiffProperties } from '../tiff-properties.ts';
import { openAssociatedPages } from './associated-pages.ts';

/**
 * Aperio SVS: a TIFF whose ImageDescription starts with "Aperio". Tiled pages are levels. The second page, stripped, is a
 * thumbnail; other stripped pages name themselves (label, macro) in the second line of their description.
 */
export const aperioFormat: SlideFormat = {
  name: 'aperio',

  async detect(_source, tiff) {
    const first = tiff?.directories[0];
    if (!first?.has(TAG.TileWidth)) return false;
    const description = await first.readAsciiHead(TAG.ImageDescription, 16).catch(() => undefined);
    return description?.startsWith('Aperio') ?? false;
  },

  async open(source, tiff, settings) {
    const pages: Page[] = [];
    // One after another: there may be thousands, all of which point to the same large texts.
    for (const directory of tiff?.directories ?? []) pages.push(await readPage(directory));
    const first = pages[0];
    const images = pages.map(({ image }) => image).filter((image) => image !== undefined);
    const { pyramid, notices } = chooseLevels(images);
    const full = pyramid[0];
    if (!first || !full) throw new UnsupportedFormatError(source.name, 'an Aperio file without a full-size page');
    const vendor = parseDescription(first.description);
    const objectivePower = readNumber(vendor.get('AppMag'));
    const mpp = readNumber(vendor.get('MPP'));
    const associatedImages = await openAssociatedPages(listAssociatedPages(pages), { settings, notices });
    return {
      levels: await Promise.all(pyramid.map((image) => createTiffLevel(image, full, settings))),
      mpp: resolveMpp({ override: settings.mpp, metadata: mpp ? { x: mpp, y: mpp } : undefined }),
      objectivePower,
      channels: [RGB_CHANNEL],
      properties: withNotices(
        new Map([
          ...(await readTiffProperties(first.directory)),
          ...[...vendor].map(([key, value]) => [`aperio.${key}`, value] as const),
        ]),
        notices,
      ),
      associatedImages,
      iccProfile: await readIccProfile(first.directory),
    };
  },
};

/** Tiled pages, largest first. Of several of one size, which are focal planes of a stack, the first counts. */
function chooseLevels(images: readonly TiffImage[]): { pyramid: TiffImage[]; notices: string[] } {
  const sizes = new Map<string, TiffImage>();
  const notices: string[] = [];
  for (const image of images) {
    if (!image.tiled) continue;
    const size = `${image.width} x ${image.height}`;
    if (sizes.has(size)) notices.push(`page ${image.directory.index} is left out: another has its ${size} pixels`);
    else sizes.set(size, correctColours(image));
  }
  return { pyramid: [...sizes.values()].sort((a, b) => b.width - a.width), notices };
}

interface Page {
  readonly directory: TiffDirectory;
  /** Undefined where a stripped page is damaged: a broken label costs the label, not the slide. */
  readonly image: TiffImage | undefined;
  readonly description: string;
}

async function readPage(directory: TiffDirectory): Promise<Page> {
  const image = readTiffImage(directory);
  return {
    directory,
    // A damaged level is an error: without it the slide would look sound and read worse.
    image: directory.has(TAG.TileWidth) ? await image : await image.catch(() => undefined),
    description: (await readDescription(directory).catch(() => undefined)) ?? '',
  };
}

/** The first page describes the slide; of the others the name is enough, in the second line. */
function readDescription(directory: TiffDirectory): Promise<string | undefined> {
  if (directory.index === 0) return directory.readAscii(TAG.ImageDescription);
  return directory.readAsciiHead(TAG.ImageDescription, 1024);
}

/**
 * Whatever its photometric interpretation says, a JPEG 2000 tile of compression 33003 holds Y, Cb, Cr and one of 33005 RGB
 * (OpenSlide's notes on the format).
 */
function correctColours(image: TiffImage): TiffImage {
  if (image.samplesPerPixel !== 3) return image;
  if (image.compression === COMPRESSION.Jpeg2000Ycbcr) return { ...image, photometric: PHOTOMETRIC.YCbCr };
  return image.compression === COMPRESSION.Jpeg2000Rgb ? { ...image, photometric: PHOTOMETRIC.Rgb } : image;
}

/** `key = value` parts between bars; the first part is the library's own header. */
function parseDescription(description: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const part of description.split('|').slice(1)) {
    const at = part.indexOf('=');
    if (at > 0) values.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  return values;
}

function listAssociatedPages(pages: readonly Page[]): { name: string; directory: TiffDirectory }[] {
  return pages.flatMap(({ directory, description }, index) => {
    if (directory.has(TAG.TileWidth) || directory.has(TAG.TileOffsets)) return [];
    const name = index === 1 ? 'thumbnail' : description.split(/\r?\n/)[1]?.trim().split(/\s/)[0];
    return name ? [{ name, directory }] : [];
  });
}

function readNumber(text: string | undefined): number | undefined {
  // Some locales of the scanner's software write a decimal comma.
  const value = Number(text?.replace(',', '.') || Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
