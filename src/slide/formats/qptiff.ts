import { getSampleType } from '../../io/codec/convert-to-samples.ts';
import type { TiffDirectory } from '../../io/tiff/directory.ts';
import { readTiffImage } from '../../io/tiff/tiff-image.ts';
import { findChild, findDescendant, type XmlNode } from '../../io/xml/xml-node.ts';
import { UnsupportedFormatError } from '../../utils/errors.ts';
import { type MppEvidence, resolveMpp } from '../mpp.ts';
import { withNotices } from '../notices.ts';
import { chooseWindows } from '../samples/windows.ts';
import type { SlideFormat } from '../slide-format.ts';
import { readIccProfile, readResolution, readTiffProperties } from '../tiff-properties.ts';
import { openAssociatedPages } from './associated-pages.ts';
import { type Color, chooseColors, describeChannels, type StatedChannel } from './channels/channel-colors.ts';
import { createChannelLevels } from './channels/channel-levels.ts';
import { readRange } from './channels/read-range.ts';
import { readDescriptionHead } from './description-head.ts';
import { QPTIFF_ROOT, type QptiffPage, readQptiffPages } from './qptiff/read-pages.ts';

/** What a page's ImageType makes of it, besides levels. */
const ASSOCIATED: Readonly<Record<string, string>> = { Thumbnail: 'thumbnail', Overview: 'macro', Label: 'label' };

/**
 * QPTIFF of PerkinElmer, now Akoya: a TIFF whose pages describe themselves in XML. Pages of the type FullResolution are
 * level 0, one page for RGB or one for each channel; ReducedResolution are the other levels, as many pages at each size.
 */
export const qptiffFormat: SlideFormat = {
  name: 'qptiff',

  async detect(_source, tiff) {
    return (tiff && (await readDescriptionHead(tiff)))?.includes(`<${QPTIFF_ROOT}`) ?? false;
  },

  async open(source, tiff, settings) {
    if (!tiff) throw new UnsupportedFormatError(source.name, 'no TIFF');
    const notices: string[] = [];
    const pages = await readQptiffPages(tiff.directories, { name: source.name, notices });
    const listPages = (type: string) => pages.filter((page) => page.type === type);
    const full = listPages('FullResolution');
    const reduced = listPages('ReducedResolution').map(({ directory }) => directory);
    const [first] = full;
    if (!first) throw new UnsupportedFormatError(source.name, 'a QPTIFF without a page of full resolution');
    // A damaged level is an error: without it the slide would look sound and read worse.
    for (const directory of reduced) await readTiffImage(directory);
    const image = await readTiffImage(first.directory);
    const rgb = image.samplesPerPixel >= 3;
    const stated = await Promise.all(full.map(readChannel));
    const { bitsPerSample: bitDepth } = image;
    const type = getSampleType(image);
    const channels = describeChannels(rgb ? [] : stated, { count: full.length, rgb, bitDepth, type });
    const windows = chooseWindows(channels, settings);
    const colors = rgb ? full.map(() => undefined) : chooseColors(stated, full.length);
    const planes = full.map(({ directory }, index) => ({
      ...{ tiff, directory, own: true },
      ...{ color: colors[index], window: windows[index] },
    }));
    const objectivePower = readNumber(findChild(first.node, 'Objective')?.text.replace(/\s*x$/i, ''));
    if (rgb && full.length > 1)
      throw new UnsupportedFormatError(source.name, `${full.length} pages of full resolution in RGB`);
    const levels = await createChannelLevels(planes, reduced, { settings, notices });
    const associatedImages = await openAssociatedPages(listAssociatedPages(pages), { settings, notices });
    return {
      levels,
      mpp: resolveMpp({ override: settings.mpp, ...(await readPixelSize(first, notices)) }),
      objectivePower,
      channels,
      properties: withNotices(
        new Map([...(await readTiffProperties(first.directory)), ...readProperties(first.node)]),
        notices,
      ),
      associatedImages,
      iccProfile: await readIccProfile(first.directory),
    };
  },
};

/** By how much two pixel sizes may differ that are meant to be the same. */
const TOLERANCE = 0.02;

/**
 * The scan profile says at which size was scanned, the resolution tags how large the page's pixels are: the tags are right
 * where the two differ.
 */
async function readPixelSize(
  { node, directory }: QptiffPage,
  notices: string[],
): Promise<Pick<MppEvidence, 'metadata' | 'resolution'>> {
  const size = readNumber(findDescendant(node, 'PixelSizeMicrons')?.text);
  const resolution = await readResolution(directory);
  const tag = resolveMpp({ resolution });
  const isNear = (value: number) => size !== undefined && Math.abs(value / size - 1) <= TOLERANCE;
  if (size === undefined || (tag && !(isNear(tag.x) && isNear(tag.y)))) {
    if (size !== undefined && tag)
      notices.push(`the pixel size of the scan profile, ${size} µm, is not that of the pages, ${tag.x} x ${tag.y} µm`);
    return { resolution };
  }
  return { metadata: { x: size, y: size }, resolution };
}

async function readChannel({ node, directory }: QptiffPage): Promise<StatedChannel> {
  const parts = findChild(node, 'Color')?.text.split(',').map(Number) ?? [];
  const [red = 0, green = 0, blue = 0] = parts;
  const sound = parts.length === 3 && parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
  const color: Color | undefined = sound ? [red, green, blue] : undefined;
  return { name: findChild(node, 'Name')?.text, color, range: await readRange(directory) };
}

/** The first page's own words, `qptiff.<element>`: texts that stand directly below the root. */
function readProperties(node: XmlNode): Map<string, string> {
  const texts = node.children.filter(({ children, text }) => children.length === 0 && text !== '');
  return new Map(texts.map(({ name, text }) => [`qptiff.${name}`, text]));
}

function listAssociatedPages(pages: readonly QptiffPage[]): { name: string; directory: TiffDirectory }[] {
  return pages.flatMap(({ type, directory }) => {
    const name = Object.hasOwn(ASSOCIATED, type) ? ASSOCIATED[type] : undefined;
    return name === undefined ? [] : [{ name, directory }];
  });
}

function readNumber(text: string | undefined): number | undefined {
  const value = Number(text || Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
