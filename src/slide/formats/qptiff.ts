import type { Raster } from '../../io/raster.ts';
import type { TiffDirectory } from '../../io/tiff/directory.ts';
import { TAG } from '../../io/tiff/tags.ts';
import { readTiffImage } from '../../io/tiff/tiff-image.ts';
import { parseXml } from '../../io/xml/parse-xml.ts';
import { findChild, findDescendant, type XmlNode } from '../../io/xml/xml-node.ts';
import { UnsupportedFormatError } from '../../utils/errors.ts';
import { resolveMpp } from '../mpp.ts';
import type { SlideSettings } from '../settings.ts';
import type { SlideFormat } from '../slide-format.ts';
import { getUnsupportedReason, readWholeImage } from '../tiff-level.ts';
import { readIccProfile, readResolution, readTiffProperties } from '../tiff-properties.ts';
import { type Color, chooseColors, describeChannels, type StatedChannel } from './channels/channel-colors.ts';
import { createChannelLevels } from './channels/channel-levels.ts';
import { readDescriptionHead } from './description-head.ts';

const ROOT = 'PerkinElmer-QPI-ImageDescription';

/** What a page's ImageType makes of it, besides levels. */
const ASSOCIATED: Readonly<Record<string, string>> = { Thumbnail: 'thumbnail', Overview: 'macro', Label: 'label' };

/**
 * QPTIFF of PerkinElmer, now Akoya: a TIFF whose pages describe themselves in XML. Pages of the type FullResolution are
 * level 0, one page for RGB or one for each channel; ReducedResolution are the other levels, as many pages at each size.
 */
export const qptiffFormat: SlideFormat = {
  name: 'qptiff',

  async detect(_source, tiff) {
    return (tiff && (await readDescriptionHead(tiff)))?.includes(`<${ROOT}`) ?? false;
  },

  async open(source, tiff, settings) {
    if (!tiff) throw new UnsupportedFormatError(source.name, 'no TIFF');
    const pages = await readPages(tiff.directories, source.name);
    const listPages = (type: string) => pages.filter((page) => page.type === type);
    const full = listPages('FullResolution');
    const reduced = listPages('ReducedResolution').map(({ directory }) => directory);
    const [first] = full;
    if (!first) throw new UnsupportedFormatError(source.name, 'a QPTIFF without a page of full resolution');
    // A damaged level is an error: without it the slide would look sound and read worse.
    await Promise.all(reduced.map(readTiffImage));
    const { samplesPerPixel, bitsPerSample } = await readTiffImage(first.directory);
    const rgb = samplesPerPixel >= 3;
    const stated = full.map(({ node }) => readChannel(node));
    const colors = rgb ? full.map(() => undefined) : chooseColors(stated, full.length);
    const planes = full.map(({ directory }, index) => ({ tiff, directory, own: true, color: colors[index] }));
    const size = readNumber(findDescendant(first.node, 'PixelSizeMicrons')?.text);
    const objectivePower = readNumber(findChild(first.node, 'Objective')?.text.replace(/\s*x$/i, ''));
    if (rgb && full.length > 1)
      throw new UnsupportedFormatError(source.name, `${full.length} pages of full resolution in RGB`);
    return {
      levels: await createChannelLevels(planes, reduced, settings),
      mpp: resolveMpp({
        override: settings.mpp,
        metadata: size === undefined ? undefined : { x: size, y: size },
        resolution: await readResolution(first.directory),
        objectivePower,
      }),
      objectivePower,
      channels: describeChannels(rgb ? [] : stated, { count: full.length, rgb, bitDepth: bitsPerSample, type: '' }),
      properties: new Map([...(await readTiffProperties(first.directory)), ...readProperties(first.node)]),
      associatedImages: await findAssociatedImages(pages, settings),
      iccProfile: await readIccProfile(first.directory),
    };
  },
};

interface Page {
  readonly directory: TiffDirectory;
  readonly node: XmlNode;
  readonly type: string;
}

/** Pages that describe themselves; a later one whose description is missing or damaged is none. */
async function readPages(directories: readonly TiffDirectory[], name: string): Promise<Page[]> {
  const pages: Page[] = [];
  for (const directory of directories) {
    const bytes = await directory.readBytes(TAG.ImageDescription).catch(() => undefined);
    const node = directory.index === 0 ? parseXml(bytes ?? '', name) : tryParse(bytes, name);
    if (node?.name === ROOT) pages.push({ directory, node, type: findChild(node, 'ImageType')?.text ?? '' });
  }
  return pages;
}

function tryParse(bytes: Uint8Array | undefined, name: string): XmlNode | undefined {
  try {
    return bytes && parseXml(bytes, name);
  } catch {
    return undefined;
  }
}

function readChannel(node: XmlNode): StatedChannel {
  const parts = findChild(node, 'Color')?.text.split(',').map(Number) ?? [];
  const [red = 0, green = 0, blue = 0] = parts;
  const sound = parts.length === 3 && parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
  const color: Color | undefined = sound ? [red, green, blue] : undefined;
  return { name: findChild(node, 'Name')?.text, color };
}

/** The first page's own words, `qptiff.<element>`: texts that stand directly below the root. */
function readProperties(node: XmlNode): Map<string, string> {
  const texts = node.children.filter(({ children, text }) => children.length === 0 && text !== '');
  return new Map(texts.map(({ name, text }) => [`qptiff.${name}`, text]));
}

async function findAssociatedImages(
  pages: readonly Page[],
  settings: SlideSettings,
): Promise<Map<string, () => Promise<Raster>>> {
  const found = new Map<string, () => Promise<Raster>>();
  for (const { directory, type } of pages) {
    const name = Object.hasOwn(ASSOCIATED, type) ? ASSOCIATED[type] : undefined;
    const image = await readTiffImage(directory).catch(() => undefined);
    if (!name || !image || found.has(name) || (await getUnsupportedReason(image, settings))) continue;
    found.set(name, () => readWholeImage(image, settings));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function readNumber(text: string | undefined): number | undefined {
  const value = Number(text || Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
