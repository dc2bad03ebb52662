import type { TiffDirectory } from '../../io/tiff/directory.ts';
import type { Tiff } from '../../io/tiff/open-tiff.ts';
import { TAG } from '../../io/tiff/tags.ts';
import { readTiffImage } from '../../io/tiff/tiff-image.ts';
import { findChild, type XmlNode } from '../../io/xml/xml-node.ts';
import { TiffError, UnsupportedFormatError } from '../../utils/errors.ts';
import { resolveMpp } from '../mpp.ts';
import { withNotices } from '../notices.ts';
import { createPlacedLevels, type PlacedLevel } from '../placed-tiles.ts';
import { RGB_CHANNEL } from '../samples/channel-list.ts';
import type { SlideSettings } from '../settings.ts';
import type { BackingLevel, SlideFormat } from '../slide-format.ts';
import { createTiffLevel } from '../tiff-level.ts';
import { readIccProfile, readTiffProperties } from '../tiff-properties.ts';
import { hasTextInTag, readXmlTag } from '../vendor-xml.ts';
import { openAssociatedPages } from './associated-pages.ts';
import { readEncodeInfo } from './ventana/encode-info.ts';
import { placeByEachJoint, placeByMeanOverlap, type StitchedSlide } from './ventana/place-frames.ts';

/** XMP, the tag that holds XML. */
const XMP = 700;
/** Focal planes that a page stores, a tag of Silicon Graphics. */
const IMAGE_DEPTH = 32_997;
/** Pages that are looked at for the scanner's XML: it is in the first. */
const PAGES_WITH_SCAN = 8;

const ASSOCIATED: Readonly<Record<string, string>> = {
  'Label Image': 'macro',
  Label_Image: 'macro',
  'Probability Image': 'probability',
  Probability_Image: 'probability',
  Thumbnail: 'thumbnail',
};

/**
 * Ventana and Roche BIF: pages `level=N mag=M quality=Q` are levels, the scanner's XML is in tag 700 of the first page. Level 0
 * stores the camera's frames, which overlap, and how they are joined in its own tag 700; a tile of a reduced level holds the
 * same frames, smaller, side by side. Frames are put at whole pixels, right ones over left ones, lower ones over upper ones.
 */
export const ventanaFormat: SlideFormat = {
  name: 'ventana',

  async detect(_source, tiff) {
    return (await findScanPage(tiff)) !== undefined;
  },

  async open(source, tiff, settings) {
    const page = await findScanPage(tiff);
    const scan = page && findScan(await readXmlTag(page, XMP));
    if (!tiff || !scan)
      throw new UnsupportedFormatError(source.name, 'a Ventana file without a readable iScan element');
    const pages = await findLevelPages(tiff);
    const full = pages[0];
    if (!full) throw new UnsupportedFormatError(source.name, 'a Ventana file without a page "level=0 mag=..."');
    const micrometres = readNumber(scan, 'ScanRes');
    const metadata = micrometres ? { x: micrometres, y: micrometres } : undefined;
    const objectivePower = readNumber(scan, 'Magnification');
    const notices = await listNotices(full.directory);
    const associatedImages = await openAssociatedPages(await listAssociatedPages(tiff), { settings, notices });
    return {
      levels: await createLevels(pages, { scan, settings, name: source.name }),
      mpp: resolveMpp({ override: settings.mpp, metadata }),
      objectivePower,
      channels: [RGB_CHANNEL],
      properties: withNotices(
        new Map([
          ...(await readTiffProperties(full.directory)),
          ...[...scan.attributes].map(([key, value]) => [`ventana.${key}`, value] as const),
        ]),
        notices,
      ),
      associatedImages,
      iccProfile: await readIccProfile(full.directory),
    };
  },
};

/** Tiles of other focal planes stand behind those of the first. */
async function listNotices(full: TiffDirectory): Promise<string[]> {
  const planes = (await full.readNumber(IMAGE_DEPTH).catch(() => undefined)) ?? 1;
  return planes > 1 ? [`only the first of ${planes} focal planes is read`] : [];
}

async function findScanPage(tiff: Tiff | undefined): Promise<TiffDirectory | undefined> {
  for (const directory of tiff?.directories.slice(0, PAGES_WITH_SCAN) ?? []) {
    if (directory.has(XMP) && (await hasTextInTag(directory, XMP, '<iScan'))) return directory;
  }
  return undefined;
}

function findScan(root: XmlNode): XmlNode | undefined {
  return root.name === 'iScan' ? root : findChild(root.name === 'Metadata' ? root : undefined, 'iScan');
}

function readNumber(scan: XmlNode, attribute: string): number | undefined {
  const value = Number(scan.attributes.get(attribute) || Number.NaN);
  return value > 0 && Number.isFinite(value) ? value : undefined;
}

interface LevelPage {
  readonly directory: TiffDirectory;
  readonly level: number;
  readonly magnification: number;
}

/** Finest first. @throws UnsupportedFormatError where one is missing */
async function findLevelPages(tiff: Tiff): Promise<LevelPage[]> {
  const pages: LevelPage[] = [];
  for (const directory of tiff.directories) {
    const text = (await directory.readAsciiHead(TAG.ImageDescription, 256).catch(() => undefined)) ?? '';
    const [, level, magnification] = /^level=(\d+) mag=(\d+(?:\.\d+)?)/.exec(text) ?? [];
    if (level && magnification) pages.push({ directory, level: Number(level), magnification: Number(magnification) });
  }
  pages.sort((a, b) => a.level - b.level);
  const broken = pages.findIndex(({ level, magnification }, index) => {
    const above = pages[index - 1]?.magnification ?? Number.POSITIVE_INFINITY;
    return level !== index || !(magnification > 0 && magnification < above);
  });
  if (broken < 0) return pages;
  throw new UnsupportedFormatError(
    tiff.source.name,
    `the levels of a Ventana slide are out of order at level ${broken}`,
  );
}

async function createLevels(
  pages: readonly LevelPage[],
  { scan, settings, name }: { scan: XmlNode; settings: SlideSettings; name: string },
): Promise<BackingLevel[]> {
  const images = await Promise.all(pages.map(({ directory }) => readTiffImage(directory)));
  const [page] = pages;
  const [full] = images;
  if (!page || !full) return [];
  const stored: BackingLevel[] = [];
  for (const image of images) stored.push(await createTiffLevel(image, full, settings));
  // Files that other programs write carry no stitching data: their tiles abut.
  if (!page.directory.has(XMP) || !(await hasTextInTag(page.directory, XMP, '<EncodeInfo'))) return stored;
  const frame = { width: full.tileWidth, height: full.tileHeight, slide: name };
  const joinsAreExact = scan.attributes.get('ScannerModel')?.startsWith('VENTANA DP') ?? false;
  const areas = readEncodeInfo(await readXmlTag(page.directory, XMP), {
    ...{ slide: name, needsStage: !joinsAreExact },
    stored: { ...frame, columns: full.columns, rows: full.rows },
  });
  const slide = joinsAreExact ? placeByEachJoint(areas, frame) : placeByMeanOverlap(areas, frame);
  const levels = stored.map((level, index) => {
    const downsample = page.magnification / (pages[index]?.magnification ?? Number.NaN);
    checkStored(level, { slide, frame, downsample, name, index });
    return placeLevel(level, slide, downsample);
  });
  return createPlacedLevels(levels, { name, settings });
}

/** Holds a stored level against the frames that it should have. */
function checkStored(
  level: BackingLevel,
  at: {
    slide: StitchedSlide;
    frame: { width: number; height: number };
    downsample: number;
    name: string;
    index: number;
  },
): void {
  const { slide, frame, downsample, name, index } = at;
  if (!Number.isInteger(downsample) || downsample > 2 ** 16)
    throw new UnsupportedFormatError(
      name,
      `level ${index} of a Ventana slide is ${downsample} times coarser than level 0`,
    );
  const same = level.tileWidth === frame.width && level.tileHeight === frame.height;
  const columns = Math.max(...slide.places.map(({ area }) => area.firstCol + area.columns));
  const rows = Math.max(...slide.places.map(({ area }) => area.firstRow + area.rows));
  if (same && level.columns * downsample >= columns && level.rows * downsample >= rows) return;
  const tiles = `${level.columns} x ${level.rows} tiles of ${level.tileWidth} x ${level.tileHeight} pixels`;
  throw new TiffError(name, `level ${index} stores ${tiles}, its ${columns} x ${rows} frames are in others`);
}

function placeLevel(stored: BackingLevel, { width, height, places }: StitchedSlide, downsample: number): PlacedLevel {
  return {
    width: Math.ceil(width / downsample),
    height: Math.ceil(height / downsample),
    downsample: { x: downsample, y: downsample },
    areas: places.map(({ area, getPlace }) => ({
      ...{ stored, split: downsample },
      ...{ firstCol: area.firstCol, firstRow: area.firstRow, columns: area.columns, rows: area.rows },
      getCorner: (col, row) => {
        const { x, y } = getPlace(col, row);
        return { left: Math.round(x / downsample), top: Math.round(y / downsample) };
      },
    })),
  };
}

async function listAssociatedPages(tiff: Tiff): Promise<{ name: string; directory: TiffDirectory }[]> {
  const pages: { name: string; directory: TiffDirectory }[] = [];
  for (const directory of tiff.directories) {
    const text = (await directory.readAsciiHead(TAG.ImageDescription, 256).catch(() => undefined))?.trim() ?? '';
    const name = Object.hasOwn(ASSOCIATED, text) ? ASSOCIATED[text] : undefined;
    if (name !== undefined) pages.push({ name, directory });
  }
  return pages;
}
