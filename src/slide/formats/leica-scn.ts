import type { Tiff } from '../../io/tiff/open-tiff.ts';
import { TAG } from '../../io/tiff/tags.ts';
import { readTiffImage, type TiffImage } from '../../io/tiff/tiff-image.ts';
import { TiffError, UnsupportedFormatError } from '../../utils/errors.ts';
import { resolveMpp } from '../mpp.ts';
import { withNotices } from '../notices.ts';
import type { PlacedArea } from '../placed-tiles/frame-index.ts';
import { createPlacedLevels, type PlacedLevel } from '../placed-tiles.ts';
import { RGB_CHANNEL } from '../samples/channel-list.ts';
import type { SlideSettings } from '../settings.ts';
import type { BackingLevel, SlideBacking, SlideFormat } from '../slide-format.ts';
import { createTiffLevel, getUnsupportedReason, readWholeImage } from '../tiff-level.ts';
import { readIccProfile } from '../tiff-properties.ts';
import { hasTextInTag, readTagsWithoutXml, readXmlTag } from '../vendor-xml.ts';
import { readScnDescription, type ScnDescription, type ScnDimension, type ScnImage } from './leica-scn/description.ts';

/** Versions of the description; the bar code is in base64 in the second. */
const SCHEMAS = [
  'http://www.leica-microsystems.com/scn/2010/03/10',
  'http://www.leica-microsystems.com/scn/2010/10/01',
];

/**
 * Leica SCN: scanned regions of a slide, each with its own pyramid, and a macro picture, described by XML in the first page.
 * The slide is the whole area of the description, white where nothing was scanned; regions lie at their offsets, rounded down
 * to whole pixels of each level. Where regions overlap, the first is seen.
 */
export const leicaScnFormat: SlideFormat = {
  name: 'leica',

  async detect(_source, tiff) {
    const first = tiff?.directories[0];
    if (!first?.has(TAG.TileWidth)) return false;
    for (const schema of SCHEMAS) if (await hasTextInTag(first, TAG.ImageDescription, schema)) return true;
    return false;
  },

  async open(source, tiff, settings) {
    const first = tiff?.directories[0];
    if (!tiff || !first) throw new UnsupportedFormatError(source.name, 'no TIFF');
    const root = await readXmlTag(first, TAG.ImageDescription);
    const base64 = await hasTextInTag(first, TAG.ImageDescription, SCHEMAS[1] ?? '');
    const description = readScnDescription(root, { slide: source.name, base64 });
    const main = description.mains[0];
    const finest = main?.dimensions[0];
    if (!main || !finest) throw new UnsupportedFormatError(source.name, 'a Leica slide without a scan');
    const placed = await placeLevels(tiff, { description, settings });
    const { directory } = await readDimensionImage(tiff, finest);
    const objectivePower = Number(main.objective) > 0 ? Number(main.objective) : undefined;
    const metadata = { x: main.view.width / finest.width / 1000, y: main.view.height / finest.height / 1000 };
    const notices = listNotices(description);
    const associatedImages = await findMacro(tiff, { description, settings, notices });
    return {
      levels: createPlacedLevels(placed, { name: source.name, settings }),
      mpp: resolveMpp({ override: settings.mpp, metadata }),
      objectivePower,
      channels: [RGB_CHANNEL],
      properties: withNotices(
        new Map([
          ...(await readTagsWithoutXml(directory)),
          ...main.properties,
          ...listBarcode(description.barcode),
          ...listRegions(description, placed[0]),
        ]),
        notices,
      ),
      associatedImages,
      iccProfile: await readIccProfile(directory),
    };
  },
};

function listNotices({ mains }: ScnDescription): string[] {
  const planes = Math.max(...mains.map((main) => main.planes));
  return planes > 1 ? [`only the focal plane 0 is read, of ${planes}`] : [];
}

function listBarcode(barcode: string | undefined): [string, string][] {
  if (!barcode) return [];
  return [
    ['leica.barcode', barcode],
    ['openslide.barcode', barcode],
  ];
}

/** Nanometres per pixel of a level, from the first scan: all others have the same. */
function computeScale({ view }: ScnImage, { width, height }: ScnDimension): { x: number; y: number } {
  return { x: view.width / width, y: view.height / height };
}

async function placeLevels(
  tiff: Tiff,
  { description, settings }: { description: ScnDescription; settings: SlideSettings },
): Promise<PlacedLevel[]> {
  const { mains } = description;
  const [main] = mains;
  const { name } = tiff.source;
  if (mains.some(({ dimensions }) => dimensions.length !== main?.dimensions.length))
    throw new UnsupportedFormatError(name, 'scanned regions with different numbers of levels');
  const levels: PlacedLevel[] = [];
  for (const [index, dimension] of (main?.dimensions ?? []).entries()) {
    const scale = main ? computeScale(main, dimension) : { x: 1, y: 1 };
    const width = Math.ceil(description.width / scale.x);
    const height = Math.ceil(description.height / scale.y);
    const downsample = { x: (levels[0]?.width ?? width) / width, y: (levels[0]?.height ?? height) / height };
    const areas: PlacedArea[] = [];
    for (const image of mains) areas.push(await placeImage(tiff, { image, index, scale, settings }));
    // The first scan is drawn last and lies on top.
    levels.push({ width, height, downsample, areas: areas.reverse() });
  }
  return levels;
}

async function placeImage(
  tiff: Tiff,
  at: { image: ScnImage; index: number; scale: { x: number; y: number }; settings: SlideSettings },
): Promise<PlacedArea> {
  const { image, index, scale, settings } = at;
  const dimension = image.dimensions[index];
  if (!dimension) throw new UnsupportedFormatError(tiff.source.name, `a scanned region without level ${index}`);
  checkScale(image, dimension, { scale, name: tiff.source.name });
  const stored = await readDimensionImage(tiff, dimension);
  const left = Math.floor(image.view.left / scale.x);
  const top = Math.floor(image.view.top / scale.y);
  const level: BackingLevel = await createTiffLevel(stored, stored, settings);
  return {
    ...{ stored: level, split: 1, firstCol: 0, firstRow: 0, columns: level.columns, rows: level.rows },
    getCorner: (col, row) => ({ left: left + col * level.tileWidth, top: top + row * level.tileHeight }),
  };
}

/** Sizes are whole pixels: a small level says its scale no better than to one of them. */
function checkScale(
  { view }: ScnImage,
  dimension: ScnDimension,
  { scale, name }: { scale: { x: number; y: number }; name: string },
): void {
  const wanted = { x: view.width / scale.x, y: view.height / scale.y };
  const near = (found: number, expected: number) => Math.abs(found - expected) <= Math.max(1, 0.02 * expected);
  if (near(dimension.width, wanted.x) && near(dimension.height, wanted.y)) return;
  throw new UnsupportedFormatError(name, 'regions that were scanned at different resolutions', {
    hint: 'such slides have no common grid of pixels and are not read',
  });
}

/** @throws TiffError where the directory is missing or smaller than the description says */
async function readDimensionImage(tiff: Tiff, { width, height, directory: index }: ScnDimension): Promise<TiffImage> {
  const { name } = tiff.source;
  const directory = tiff.directories[index];
  if (!directory) throw new TiffError(name, `the description names directory ${index} of ${tiff.directories.length}`);
  const image = await readTiffImage(directory);
  if (image.width >= width && image.height >= height) return image;
  const problem = `${image.width} x ${image.height} pixels where the description says ${width} x ${height}`;
  throw new TiffError(name, `directory ${index}: ${problem}`, { directory: index });
}

/** Under OpenSlide's names: where the scanned regions lie, in level-0 pixels, and the rectangle around all of them. */
function listRegions({ mains }: ScnDescription, level: PlacedLevel | undefined): Map<string, string> {
  const boxes = mains.map(({ dimensions }, index) => {
    const corner = level?.areas[mains.length - 1 - index]?.getCorner(0, 0) ?? { left: 0, top: 0 };
    return { ...corner, width: dimensions[0]?.width ?? 0, height: dimensions[0]?.height ?? 0 };
  });
  const x = Math.min(...boxes.map(({ left }) => left));
  const y = Math.min(...boxes.map(({ top }) => top));
  const width = Math.max(...boxes.map((box) => box.left + box.width)) - x;
  const height = Math.max(...boxes.map((box) => box.top + box.height)) - y;
  const named: [string, { x: number; y: number; width: number; height: number }][] = boxes.map((box, index) => [
    `openslide.region[${index}].`,
    { x: box.left, y: box.top, width: box.width, height: box.height },
  ]);
  named.push(['openslide.bounds-', { x, y, width, height }]);
  return new Map(
    named.flatMap(([prefix, box]) => Object.entries(box).map(([key, value]) => [prefix + key, String(value)] as const)),
  );
}

/** A broken macro costs the macro, not the slide. */
async function findMacro(
  tiff: Tiff,
  { description, settings, notices }: { description: ScnDescription; settings: SlideSettings; notices: string[] },
): Promise<SlideBacking['associatedImages']> {
  const [finest] = description.macro?.dimensions ?? [];
  if (!finest) return new Map();
  try {
    const image = await readDimensionImage(tiff, finest);
    const reason = await getUnsupportedReason(image, settings);
    if (reason === undefined) return new Map([['macro', () => readWholeImage(image, settings)]]);
    notices.push(`the image "macro" is left out: ${reason}`);
  } catch (error) {
    notices.push(`the image "macro" is left out: ${error instanceof Error ? error.message : String(error)}`);
  }
  return new Map();
}
