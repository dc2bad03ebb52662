import type { Raster } from '../../io/raster.ts';
import type { TiffDirectory } from '../../io/tiff/directory.ts';
import { isSlideloomError, UnsupportedFormatError } from '../../utils/errors.ts';
import { resolveMpp } from '../mpp.ts';
import { withNotices } from '../notices.ts';
import { RGB_CHANNEL } from '../samples/channel-list.ts';
import type { SlideSettings } from '../settings.ts';
import type { BackingLevel, SlideFormat } from '../slide-format.ts';
import { readWholeImage } from '../tiff-level.ts';
import { readIccProfile, readResolution } from '../tiff-properties.ts';
import { LENS, NDPI_TAG } from './hamamatsu/ndpi-tags.ts';
import { readNdpiProperties } from './hamamatsu/read-ndpi-properties.ts';
import { createPageLevel, type PageImage, readPageImage } from './hamamatsu/read-page.ts';
import { locateShortTexts } from './hamamatsu/short-texts.ts';

/** Of one focal plane; scanners write less than ten. Each keeps the tables of its JPEG. */
const MAX_LEVELS = 64;

/**
 * Hamamatsu NDPI: a TIFF with tag 65420, one JPEG a page. Pages with a magnification (tag 65421) are levels, of which those
 * of the middle focal plane are read; -1 is the macro picture and -2 the map of scanned regions.
 */
export const hamamatsuFormat: SlideFormat = {
  name: 'hamamatsu',

  async detect(_source, tiff) {
    return tiff?.directories[0]?.has(NDPI_TAG.Version) ?? false;
  },

  async open(source, tiff, settings) {
    const pages = await Promise.all((tiff?.directories ?? []).map(readPage));
    const { chosen, notices } = chooseFocalPlane(pages);
    if (chosen.length > MAX_LEVELS)
      throw new UnsupportedFormatError(source.name, `an NDPI file of ${chosen.length} levels, more than ${MAX_LEVELS}`);
    const images: PageImage[] = [];
    for (const { directory } of chosen) images.push(await readPageImage(directory));
    images.sort((a, b) => b.image.width - a.image.width);
    const [first] = images;
    if (!first) throw new UnsupportedFormatError(source.name, 'an NDPI file without a level');
    const directory = await locateShortTexts(first.image.directory);
    const objectivePower = chosen.find((page) => page.directory === first.image.directory)?.lens;
    const levels = await createLevels(images, settings, notices);
    const properties = await readNdpiProperties(directory);
    const associatedImages = await findAssociatedImages(pages, settings, notices);
    return {
      levels,
      mpp: resolveMpp({ override: settings.mpp, resolution: await readResolution(directory) }),
      objectivePower,
      channels: [RGB_CHANNEL],
      properties: withNotices(properties, notices),
      associatedImages,
      iccProfile: await readIccProfile(directory),
    };
  },
};

interface Page {
  readonly directory: TiffDirectory;
  /** Magnification, or what else the page is; NaN where it does not say. */
  readonly lens: number;
  /** nm above the middle focal plane. */
  readonly z: number;
}

async function readPage(directory: TiffDirectory): Promise<Page> {
  const lens = (await directory.readNumber(NDPI_TAG.SourceLens)) ?? Number.NaN;
  return { directory, lens, z: (await directory.readNumber(NDPI_TAG.ZOffset)) ?? 0 };
}

/** The levels of the focal plane nearest the middle, which is 0 in every file that is known. */
function chooseFocalPlane(pages: readonly Page[]): { chosen: Page[]; notices: string[] } {
  const levels = pages.filter(({ lens }) => lens > 0);
  const planes = [...new Set(levels.map(({ z }) => z))].sort((a, b) => Math.abs(a) - Math.abs(b));
  const [plane, ...others] = planes;
  const left = others.sort((a, b) => a - b).join(', ');
  const notices = others.length > 0 ? [`only the focal plane at ${plane} nm is read, not those at ${left} nm`] : [];
  return { chosen: levels.filter(({ z }) => z === plane), notices };
}

/**
 * Largest first, each smaller than the one before. A coarse level that can't be decoded is left out with a notice: finer
 * ones stand in for it. Damage is an error.
 */
async function createLevels(
  images: readonly PageImage[],
  settings: SlideSettings,
  notices: string[],
): Promise<BackingLevel[]> {
  const levels: BackingLevel[] = [];
  const full = images[0]?.image;
  for (const page of full ? images : []) {
    const { width, height, directory } = page.image;
    const above = levels.at(-1);
    if (above && width >= above.width) {
      notices.push(`page ${directory.index} is left out, another has its size`);
      continue;
    }
    try {
      levels.push(await createPageLevel(page, full ?? page.image, settings));
    } catch (error) {
      if (!above || !isSlideloomError(error, 'unsupported-format')) throw error;
      notices.push(`the level of ${width} x ${height} pixels is left out: ${error.message}`);
    }
  }
  return levels;
}

async function findAssociatedImages(
  pages: readonly Page[],
  settings: SlideSettings,
  notices: string[],
): Promise<Map<string, () => Promise<Raster>>> {
  const found = new Map<string, () => Promise<Raster>>();
  for (const [name, kind] of [
    ['macro', LENS.Macro],
    ['map', LENS.Map],
  ] as const) {
    const page = pages.find(({ lens }) => lens === kind);
    // A broken macro picture costs that picture, not the slide.
    if (!page) continue;
    try {
      const { image } = await readPageImage(page.directory);
      found.set(name, () => readWholeImage(image, settings));
    } catch (error) {
      notices.push(`the image "${name}" is left out: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return found;
}
