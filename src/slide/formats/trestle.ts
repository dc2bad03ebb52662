import { TAG } from '../../io/tiff/tags.ts';
import { readTiffImage, type TiffImage } from '../../io/tiff/tiff-image.ts';
import { UnsupportedFormatError } from '../../utils/errors.ts';
import { resolveMpp } from '../mpp.ts';
import { createPlacedLevels, type PlacedLevel } from '../placed-tiles.ts';
import { RGB_CHANNEL } from '../samples/channel-list.ts';
import type { SlideSettings } from '../settings.ts';
import type { BackingLevel, SlideFormat } from '../slide-format.ts';
import { createTiffLevel } from '../tiff-level.ts';
import { readIccProfile, readTiffProperties } from '../tiff-properties.ts';

/**
 * Trestle TIFF (MedScan): every page is a level, and the first one's ImageDescription says by how many pixels neighbouring tiles
 * of each level overlap. Right tiles lie over left ones, lower ones over upper ones.
 */
export const trestleFormat: SlideFormat = {
  name: 'trestle',

  async detect(_source, tiff) {
    const first = tiff?.directories[0];
    if (!first?.has(TAG.ImageDescription) || !first.has(TAG.Software)) return false;
    const software = await first.readAsciiHead(TAG.Software, 16).catch(() => undefined);
    return (
      (software?.startsWith('MedScan') ?? false) && (tiff?.directories ?? []).every((one) => one.has(TAG.TileWidth))
    );
  },

  async open(source, tiff, settings) {
    const first = tiff?.directories[0];
    if (!tiff || !first) throw new UnsupportedFormatError(source.name, 'no TIFF');
    const vendor = parseDescription((await first.readAscii(TAG.ImageDescription)) ?? '');
    const images: TiffImage[] = [];
    for (const directory of tiff.directories) images.push(await readTiffImage(directory));
    const power = Number(vendor.get('Objective Power'));
    const objectivePower = power > 0 && Number.isFinite(power) ? power : undefined;
    const x = await first.readNumber(TAG.XResolution).catch(() => undefined);
    const y = await first.readNumber(TAG.YResolution).catch(() => undefined);
    // Against TIFF's rules, the resolution tags hold microns per pixel.
    const metadata = x && y ? { x, y } : undefined;
    const background = vendor.get('Background Color') ?? '';
    return {
      levels: await createLevels(images, { overlaps: vendor.get('OverlapsXY') ?? '', settings, name: source.name }),
      mpp: resolveMpp({ override: settings.mpp, metadata }),
      objectivePower,
      channels: [RGB_CHANNEL],
      properties: new Map([
        ...(await readTiffProperties(first)),
        ...[...vendor].map(([key, value]) => [`trestle.${key}`, value] as const),
        ...(/^[0-9a-f]{6}$/i.test(background) ? [['openslide.background-color', background] as const] : []),
      ]),
      associatedImages: new Map(),
      iccProfile: await readIccProfile(first),
    };
  },
};

/** `key=value` pairs between semicolons. */
function parseDescription(description: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const part of description.split(';')) {
    const at = part.indexOf('=');
    if (at > 0) values.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  return values;
}

async function createLevels(
  images: readonly TiffImage[],
  { overlaps, settings, name }: { overlaps: string; settings: SlideSettings; name: string },
): Promise<BackingLevel[]> {
  const numbers = overlaps.split(/\s+/).filter(Boolean).map(Number);
  const placed: PlacedLevel[] = [];
  for (const [index, image] of images.entries()) {
    const overlap = { x: numbers[2 * index] ?? 0, y: numbers[2 * index + 1] ?? 0 };
    checkOverlap(image, overlap, name);
    const above = images[index - 1];
    if (above && image.width > above.width)
      throw new UnsupportedFormatError(name, `directory ${image.directory.index} is larger than the level above it`);
    placed.push(placeLevel(await createTiffLevel(image, image, settings), overlap, placed[0]));
  }
  if (numbers.some((number) => number !== 0)) return createPlacedLevels(placed, { name, settings });
  return Promise.all(images.map((image) => createTiffLevel(image, images[0] ?? image, settings)));
}

function checkOverlap({ tileWidth, tileHeight }: TiffImage, { x, y }: { x: number; y: number }, name: string): void {
  const sound = [x, y].every((value) => Number.isInteger(value) && value >= 0);
  if (sound && x <= tileWidth / 2 && y <= tileHeight / 2) return;
  const tiles = `tiles of ${tileWidth} x ${tileHeight} pixels`;
  throw new UnsupportedFormatError(name, `overlaps of ${x} and ${y} pixels between ${tiles} (OverlapsXY)`);
}

/** Each tile but the first brings its own size less the overlap; the last one may be cut. */
function placeLevel(
  stored: BackingLevel,
  overlap: { x: number; y: number },
  full: PlacedLevel | undefined,
): PlacedLevel {
  const { columns, rows } = stored;
  const width = stored.width - (columns - 1) * overlap.x;
  const height = stored.height - (rows - 1) * overlap.y;
  const step = { x: stored.tileWidth - overlap.x, y: stored.tileHeight - overlap.y };
  return {
    ...{ width, height },
    downsample: { x: (full?.width ?? width) / width, y: (full?.height ?? height) / height },
    areas: [
      {
        ...{ stored, split: 1, firstCol: 0, firstRow: 0, columns, rows },
        getCorner: (col, row) => ({ left: col * step.x, top: row * step.y }),
      },
    ],
  };
}
