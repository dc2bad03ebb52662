import { expect, it } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import type { Raster } from '../../src/io/raster.ts';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { buildDicom } from '../support/tiny-dicom.ts';
import { buildTiff, type TinyImage, type TinyTiffOptions } from '../support/tiny-tiff.ts';

/**
 * XYC.png says of each of its 64 x 64 blocks of 8 x 8 pixels where it lies. Four pixels at a block's corner are digits of
 * base 8, red 4, green 2, blue 1: (0, 0) and (1, 0) the block's row, (0, 1) and (1, 1) its column. So the pixels themselves tell
 * where a tile belongs, whatever the reader believes.
 */
const BLOCK = 8;
const SIDE = 512;
const wsi = (...parts: string[]) => sharedPath('data', 'wsi', ...parts);
const readCard = () => decodeImage(wsi('XYC.png'));

type ReadDigit = (red: number, green: number, blue: number) => number;
const readDigit: ReadDigit = (red, green, blue) => (red > 127 ? 4 : 0) + (green > 127 ? 2 : 0) + (blue > 127 ? 1 : 0);
const getLuma = (red: number, green: number, blue: number) => 0.299 * red + 0.587 * green + 0.114 * blue;
const LUMA = Array.from({ length: 8 }, (_, d) => 255 * getLuma((d >> 2) & 1, (d >> 1) & 1, d & 1));
/** The eight colours differ in brightness too, which 4:2:0 keeps for every pixel. */
const readGreyDigit: ReadDigit = (red, green, blue) => {
  const distances = LUMA.map((luma) => Math.abs(luma - getLuma(red, green, blue)));
  return distances.indexOf(Math.min(...distances));
};

/** The place that the block at `x`, `y` of the raster claims, in pixels of the card. */
function readPlace({ width, data }: Raster, x: number, y: number, read = readDigit): [x: number, y: number] {
  const digit = (dx: number, dy: number) => {
    const at = ((y + dy) * width + x + dx) * 3;
    return read(data[at]!, data[at + 1]!, data[at + 2]!);
  };
  return [(digit(0, 1) * 8 + digit(1, 1)) * BLOCK, (digit(0, 0) * 8 + digit(1, 0)) * BLOCK];
}

/** Blocks wholly inside a region of the card whose pixels claim another place than they were read from. */
function findMisplaced(raster: Raster, left: number, top: number, read = readDigit): string[] {
  const wrong: string[] = [];
  for (let y = Math.ceil(top / BLOCK) * BLOCK; y + BLOCK <= top + raster.height; y += BLOCK) {
    for (let x = Math.ceil(left / BLOCK) * BLOCK; x + BLOCK <= left + raster.width; x += BLOCK) {
      const place = readPlace(raster, x - left, y - top, read);
      if (place[0] !== x || place[1] !== y) wrong.push(`${x},${y} is ${place}`);
    }
  }
  return wrong;
}

/** The whole card, each of its tiles, and regions across their borders. */
async function expectInPlace(slide: Slide): Promise<void> {
  const { tileWidth, tileHeight } = slide.levels[0]!;
  expect([slide.width, slide.height]).toEqual([SIDE, SIDE]);
  const corners: [number, number, number, number][] = [[0, 0, SIDE, SIDE]];
  for (let y = 0; y < SIDE; y += tileHeight) {
    for (let x = 0; x < SIDE; x += tileWidth)
      corners.push([x, y, Math.min(tileWidth, SIDE - x), Math.min(tileHeight, SIDE - y)]);
  }
  const random = createSeededRandom(`places/${slide.name}`);
  for (let i = 0; i < 50; i++) {
    const [x, y] = [random.integer(0, SIDE - 60), random.integer(0, SIDE - 60)];
    corners.push([x, y, random.integer(30, Math.min(200, SIDE - x)), random.integer(30, Math.min(200, SIDE - y))]);
  }
  for (const [x, y, width, height] of corners) {
    const raster = await slide.readRegion({ x, y, level: 0, width, height });
    expect(findMisplaced(raster, x, y), `${[x, y, width, height]}`).toEqual([]);
  }
}

function cut({ width, data }: Raster, [left, top]: [number, number], [w, h]: [number, number]): Uint8Array {
  const tile = new Uint8Array(w * h * 3);
  for (let y = 0; y < Math.min(h, SIDE - top); y++) {
    const from = ((top + y) * width + left) * 3;
    tile.set(data.subarray(from, from + Math.min(w, SIDE - left) * 3), y * w * 3);
  }
  return tile;
}

/** The card in stored tiles of that size, row by row. */
function cutTiles(
  card: Raster,
  tileWidth: number,
  tileHeight: number,
): { tiles: Uint8Array[]; places: [number, number][] } {
  const places: [number, number][] = [];
  for (let y = 0; y < SIDE; y += tileHeight) for (let x = 0; x < SIDE; x += tileWidth) places.push([x, y]);
  return { places, tiles: places.map((place) => cut(card, place, [tileWidth, tileHeight])) };
}

function openTiffOf(image: Partial<TinyImage> & Pick<TinyImage, 'chunks'>, options?: TinyTiffOptions): Promise<Slide> {
  const { bytes } = buildTiff([{ width: SIDE, height: SIDE, ...image }], options);
  return openSlide(createBufferSource(bytes, 'card.tif'));
}

/** Each plane in tiles of its own, plane after plane. */
function splitPlanes(tiles: readonly Uint8Array[]): Uint8Array[] {
  return [0, 1, 2].flatMap((c) => tiles.map((tile) => tile.filter((_, i) => i % 3 === c)));
}

describeWithShared('XYC.png tells where tiles lie', () => {
  it('by itself: every block its own place', async () => {
    await using slide = await openSlide(wsi('XYC.png'));
    await expectInPlace(slide);
    const places = new Set<string>();
    const card = await readCard();
    for (let i = 0; i < 64 * 64; i++) places.add(`${readPlace(card, (i % 64) * BLOCK, Math.floor(i / 64) * BLOCK)}`);
    expect(places.size).toBe(64 * 64);
  });

  it.each(['zlib', 'LZW', 'JPEG-2000'])('in tiles of 128: XYC_%s.ome.tiff', async (codec) => {
    await using slide = await openSlide(wsi('ome-bfconvert', `XYC_${codec}.ome.tiff`));
    expect(slide.levels[0]).toMatchObject({ tileWidth: 128, tileHeight: 128 });
    await expectInPlace(slide);
  });

  it('in JPEG tiles of 128, whose colours are blurred: by the brightness of the digits, for more than half of the blocks', async () => {
    await using slide = await openSlide(wsi('ome-bfconvert', 'XYC_JPEG.ome.tiff'));
    for (let i = 0; i < 16; i++) {
      const [left, top] = [(i % 4) * 128, Math.floor(i / 4) * 128];
      const raster = await slide.readRegion({ x: left, y: top, level: 0, width: 128, height: 128 });
      expect(findMisplaced(raster, left, top, readGreyDigit).length, `tile ${i}`).toBeLessThan(256 / 2);
    }
  });

  it.each<[string, number, number, TinyTiffOptions]>([
    ['48 x 80', 48, 80, {}],
    ['80 x 48, BigTIFF, big endian', 80, 48, { big: true, bigEndian: true }],
    ['16 x 512', 16, 512, {}],
    ['1024 x 1024, larger than the card', 1024, 1024, {}],
  ])('in TIFF tiles of %s', async (_name, tileWidth, tileHeight, options) => {
    const { tiles } = cutTiles(await readCard(), tileWidth, tileHeight);
    await using slide = await openTiffOf({ tileWidth, tileHeight, chunks: tiles }, options);
    await expectInPlace(slide);
  });

  it('in TIFF strips of 7 rows', async () => {
    const { tiles } = cutTiles(await readCard(), SIDE, 7);
    // The last strip ends with the card.
    const chunks = tiles.map((tile, i) => (i === tiles.length - 1 ? tile.subarray(0, SIDE * (SIDE % 7) * 3) : tile));
    await using slide = await openTiffOf({ rowsPerStrip: 7, chunks });
    await expectInPlace(slide);
  });

  it('in TIFF tiles of one plane each', async () => {
    const { tiles } = cutTiles(await readCard(), 48, 80);
    const tags = [{ tag: 284, type: 3, values: [2] }];
    await using slide = await openTiffOf({ tileWidth: 48, tileHeight: 80, chunks: splitPlanes(tiles), tags });
    await expectInPlace(slide);
  });

  it('in DICOM frames, row by row and in any order with positions', async () => {
    const [tileWidth, tileHeight] = [48, 80];
    const { tiles, places } = cutTiles(await readCard(), tileWidth, tileHeight);
    const image = { width: SIDE, height: SIDE, tileWidth, tileHeight, samples: 3 as const };
    await using full = await openSlide(createBufferSource(buildDicom({ ...image, frames: tiles }), 'card.dcm'));
    await expectInPlace(full);
    // 31 and the number of frames have no common factor: every frame once.
    const order = tiles.map((_, i) => (i * 31) % tiles.length);
    expect(new Set(order).size).toBe(tiles.length);
    const sparse = buildDicom({
      ...image,
      organization: 'TILED_SPARSE',
      frames: order.map((i) => tiles[i]!),
      positions: order.map((i) => ({ x: places[i]![0], y: places[i]![1] })),
    });
    await using shuffled = await openSlide(createBufferSource(sparse, 'sparse.dcm'));
    await expectInPlace(shuffled);
  });

  it('and would tell of two tiles that were exchanged', async () => {
    const { tiles } = cutTiles(await readCard(), 64, 64);
    [tiles[9], tiles[10]] = [tiles[10]!, tiles[9]!];
    await using slide = await openTiffOf({ tileWidth: 64, tileHeight: 64, chunks: tiles });
    const raster = await slide.readRegion({ x: 0, y: 0, level: 0, width: SIDE, height: SIDE });
    const wrong = findMisplaced(raster, 0, 0);
    expect(wrong.length).toBe(2 * 64);
    expect(wrong[0]).toBe('64,64 is 128,64');
  });
});
