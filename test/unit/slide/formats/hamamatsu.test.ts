import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { getThreadJpegDecoder } from '../../../../src/io/codec/decode-with-kernels.ts';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import { createBufferSource } from '../../../../src/io/source/buffer-source.ts';
import { openTiff } from '../../../../src/io/tiff/open-tiff.ts';
import { createJpegTileDecoder } from '../../../../src/slide/band/jpeg-tile-decoder.ts';
import { openStoredTiles } from '../../../../src/slide/band/stored-tile-reader.ts';
import { hamamatsuFormat } from '../../../../src/slide/formats/hamamatsu.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import type { Slide } from '../../../../src/slide/slide.ts';
import {
  buildNdpi,
  createLevelPage,
  createRestartJpeg,
  createSparseSource,
  findSegment,
  joinPieces,
  type NdpiEntry,
  type NdpiPage,
  type RestartJpeg,
  type SparseFile,
  setSize,
} from '../../../support/tiny-ndpi.ts';
import { buildTiff, createNoise, createNoiseImage } from '../../../support/tiny-tiff.ts';

const folder = mkdtempSync(join(tmpdir(), 'slideloom-ndpi-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FOUR_GIB = 2 ** 32;
/** 3 x 5 intervals: markers run through their circle of eight. */
const level = await createRestartJpeg({ width: 46, height: 37, tileWidth: 16, tileHeight: 8 });
const coarse = await createRestartJpeg({ width: 23, height: 19, tileWidth: 24, tileHeight: 8, seed: 3 });
const { starts: _starts, ...unlisted } = createLevelPage(level);

const open = (file: SparseFile) => openSlide(createSparseSource(file));
const openPages = (pages: readonly NdpiPage[]) => open(buildNdpi(pages));

/** A tile of a restart JPEG with what lies beyond the level left out. */
async function expectTiles(slide: Slide, of: RestartJpeg, at = 0, bad: ReadonlySet<number> = new Set()): Promise<void> {
  const { downsample } = slide.levels[at] ?? { downsample: { x: 1, y: 1 } };
  for (const [i, pixels] of of.tiles.entries()) {
    const [left, top] = [(i % of.columns) * of.tileWidth, Math.floor(i / of.columns) * of.tileHeight];
    const size = { width: Math.min(of.tileWidth, of.width - left), height: Math.min(of.tileHeight, of.height - top) };
    const reading = slide.readRegion({ x: left * downsample.x, y: top * downsample.y, level: at, ...size });
    const where = { tag: 'tile', level: at, col: i % of.columns, row: Math.floor(i / of.columns) };
    if (bad.has(i)) await expect(reading).rejects.toMatchObject(where);
    else expect(Buffer.compare((await reading).data, crop(pixels, of.tileWidth, size)), `tile ${i}`).toBe(0);
  }
}

function crop(pixels: Uint8Array, tileWidth: number, { width, height }: { width: number; height: number }): Uint8Array {
  const rows = Array.from({ length: height }, (_, y) =>
    pixels.subarray(y * tileWidth * 3, (y * tileWidth + width) * 3),
  );
  return Buffer.concat(rows);
}

describe('a Hamamatsu slide', () => {
  it('is recognised by its tag, and nothing else is', async () => {
    const detect = async (bytes: Uint8Array) => {
      await using source = createBufferSource(bytes);
      return hamamatsuFormat.detect(source, await openTiff(source));
    };
    expect(await detect(joinPieces(buildNdpi([createLevelPage(level)])))).toBe(true);
    expect(await detect(buildTiff([createNoiseImage({ width: 9, height: 9 })]).bytes)).toBe(false);
    expect(await detect(createNoise(300))).toBe(false);
  });

  it.each(['4:4:4', '4:2:0'] as const)('has the pixels of its restart intervals, %s', async (chromaSubsampling) => {
    const side = chromaSubsampling === '4:4:4' ? 8 : 16;
    const jpeg = await createRestartJpeg({ width: 93, height: 50, tileWidth: 32, tileHeight: side, chromaSubsampling });
    await using slide = await openPages([createLevelPage(jpeg)]);
    expect(slide.levels[0]).toMatchObject({ tileWidth: 32, tileHeight: side, codec: 'jpeg', width: 93, height: 50 });
    await expectTiles(slide, jpeg);
  });

  it('finds restart markers that are not listed, or not all', async () => {
    const { starts } = level;
    const short = { ...unlisted, starts: starts.slice(0, -1) };
    const elsewhere = { ...unlisted, starts: starts.map((start) => start + 1) };
    for (const page of [unlisted, short, elsewhere]) {
      await using slide = await openPages([page]);
      await expectTiles(slide, level);
    }
  });

  it('takes intervals of several rows as tiles', async () => {
    const tall = await createRestartJpeg({ width: 20, height: 64, tileWidth: 24, tileHeight: 16 });
    await using slide = await openPages([createLevelPage(tall)]);
    expect(slide.levels[0]).toMatchObject({ tileWidth: 24, tileHeight: 16 });
    await expectTiles(slide, tall);
  });

  it('reads a JPEG without restart markers as one tile, of the size that the JPEG has', async () => {
    const raw = { width: 23, height: 17, channels: 3 } as const;
    const pixels = createNoise(23 * 17 * 3);
    const jpeg = await sharp(pixels, { raw }).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer();
    // On coarse levels the tags are rounded otherwise.
    await using slide = await openPages([createLevelPage(level), { width: 23, height: 18, data: jpeg, lens: 10 }]);
    expect(slide.levels[1]).toMatchObject({ width: 23, height: 17, tileWidth: 23, tileHeight: 17 });
    const read = await slide.readRegion({ x: 0, y: 0, level: 1, width: 23, height: 17 });
    expect(Buffer.compare(read.data, await sharp(jpeg).raw().toBuffer())).toBe(0);
  });

  it('decodes a JPEG whole whose intervals cross the ends of rows', async () => {
    const data = Uint8Array.from(level.jpeg);
    // 3 columns of 2 units: an interval of 4 units reaches into the next row. The data have markers every 2.
    data[findSegment(data, 0xdd) + 5] = 4;
    await using slide = await openPages([{ ...unlisted, data }]);
    expect(slide.levels[0]).toMatchObject({ tileWidth: 46, tileHeight: 37 });
    await expect(slide.readRegion({ x: 0, y: 0, level: 0, width: 1, height: 1 })).rejects.toMatchObject({
      tag: 'tile',
    });
  });

  it('says what it is: pixel size, magnification, properties', async () => {
    const text = 'Product=C9600\r\nroi=1,2=3\r\nno value\r\n';
    const tags: NdpiEntry[] = [{ tag: 65_449, type: 'ascii', values: [...Buffer.from(text)] }];
    await using slide = await openPages([createLevelPage(level, { tags })]);
    expect(slide.mpp).toEqual({ x: 0.25, y: 0.25, source: 'resolution-tag' });
    expect(slide.objectivePower).toBe(20);
    expect(Object.fromEntries([...slide.properties].filter(([key]) => /^hama|^tiff.M/.test(key)))).toEqual({
      'hamamatsu.Product': 'C9600',
      'hamamatsu.SourceLens': '20',
      'hamamatsu.XOffsetFromSlideCentre': '1200',
      'hamamatsu.YOffsetFromSlideCentre': '-34',
      'hamamatsu.roi': '1,2=3',
      'tiff.Make': 'Hamamatsu',
    });
  });

  it('reads short texts outside of their entry, as NDPI has them, and inside, as TIFF has them', async () => {
    for (const inline of [false, true]) {
      const tags: NdpiEntry[] = [{ tag: 65_427, type: 'ascii', values: [...Buffer.from('A1')], inline }];
      await using slide = await openPages([createLevelPage(level, { tags })]);
      expect(slide.properties.get('hamamatsu.Reference'), `inline ${inline}`).toBe('A1');
    }
  });

  it('reads the middle focal plane, and says which ones it leaves out', async () => {
    const other = await createRestartJpeg({ width: 46, height: 37, tileWidth: 16, tileHeight: 8, seed: 9 });
    await using slide = await openPages([
      createLevelPage(other, { z: -2000 }),
      createLevelPage(level),
      createLevelPage(other, { z: 2000 }),
      createLevelPage(coarse, { lens: 10 }),
    ]);
    expect(slide.levels.map(({ width }) => width)).toEqual([46, 23]);
    await expectTiles(slide, level);
    expect(slide.properties.get('slideloom.notice')).toBe(
      'only the focal plane at 0 nm is read, not those at -2000, 2000 nm',
    );
  });

  it('leaves out a coarse level that it can not decode, with a notice, and refuses a first one', async () => {
    const odd = { ...createLevelPage(coarse), compression: 22_610, lens: 10 };
    await using slide = await openPages([createLevelPage(level), odd]);
    expect(slide.levels.length).toBe(1);
    expect(slide.properties.get('slideloom.notice')).toMatch(
      /level of 23 x 19 pixels is left out: .*compression 22610/,
    );
    await expect(openPages([odd])).rejects.toMatchObject({ tag: 'unsupported-format' });
    await expect(openPages([{ ...odd, lens: -1 }])).rejects.toThrow(/an NDPI file without a level/);
  });

  it('loses a broken macro picture only', async () => {
    const macro = { ...createLevelPage(coarse), data: createNoise(500), lens: -1, starts: [] };
    await using slide = await openPages([createLevelPage(level), macro]);
    expect(slide.associatedImages).toEqual([]);
    await expectTiles(slide, level);
  });
});

describe('a large Hamamatsu slide', () => {
  it('has pages beyond 4 GiB in a classic TIFF', async () => {
    const tags: NdpiEntry[] = [{ tag: 65_427, type: 'ascii', values: [...Buffer.from('a long reference')] }];
    const pages = [createLevelPage(level, { tags }), createLevelPage(coarse, { lens: 10 })];
    for (const shift of [FOUR_GIB - 3000, FOUR_GIB + 5000, 5 * FOUR_GIB]) {
      await using slide = await open(buildNdpi(pages, { shift }));
      expect(slide.format).toBe('hamamatsu');
      expect(slide.properties.get('hamamatsu.Reference')).toBe('a long reference');
      expect(slide.mpp?.x).toBe(0.25);
      await expectTiles(slide, level, 0);
      await expectTiles(slide, coarse, 1);
    }
  });

  it('takes the high words of the strip from tags of their own', async () => {
    const file = buildNdpi([createLevelPage(level)], { shift: FOUR_GIB });
    const strip = 26 + FOUR_GIB;
    const tags: NdpiEntry[] = [
      { tag: 273, type: 'long', values: [strip % FOUR_GIB] },
      { tag: 65_324, type: 'long', values: [1] },
    ];
    expect(file.pieces.some(({ at }) => at === strip)).toBe(true);
    await using slide = await open(buildNdpi([createLevelPage(level, { tags })], { shift: FOUR_GIB }));
    await expectTiles(slide, level);
  });

  it('finds intervals more than 4 GiB behind the start of their JPEG, with high words and without', async () => {
    const lost = 6;
    const at = (level.starts[lost] ?? 0) + 5;
    // What follows begins at 2^32 + some bytes.
    const hole = { at, bytes: FOUR_GIB - 1000 };
    const high = level.starts.map((start) => (start >= at ? 1 : 0));
    const tags: NdpiEntry[] = [{ tag: 65_432, type: 'long', values: high }];
    for (const more of [{ tags }, {}]) {
      await using slide = await openPages([createLevelPage(level, { hole, ...more })]);
      await expectTiles(slide, level, 0, new Set([lost]));
      const bad = slide.readRegion({ x: 0, y: 16, level: 0, width: 1, height: 1 });
      await expect(bad).rejects.toThrow(/a stored tile of 42949\d+ bytes/);
    }
  });

  it('may be wider than a JPEG can say', async () => {
    const wide = await createRestartJpeg({ width: 65_600, height: 16, tileWidth: 2624, tileHeight: 8 });
    const { starts: _, ...plain } = createLevelPage(wide);
    const frame = findSegment(wide.jpeg, 0xc0);
    expect([...wide.jpeg.subarray(frame + 5, frame + 9)]).toEqual([0, 16, 0, 0]);
    for (const page of [createLevelPage(wide), plain]) {
      await using slide = await openPages([page]);
      expect([slide.width, slide.height]).toEqual([65_600, 16]);
      await expectTiles(slide, wide);
    }
  });

  it('may have restart intervals wider than a JPEG can say', async () => {
    // 8,400 units in a row are coded like two rows of 4,200.
    const folded = await createRestartJpeg({ width: 33_600, height: 32, tileWidth: 33_600, tileHeight: 16 });
    const data = Uint8Array.from(folded.jpeg);
    setSize(data, 67_200, 16);
    await using slide = await openPages([{ width: 67_200, height: 16, data, lens: 20, starts: folded.starts }]);
    expect(slide.levels[0]).toMatchObject({ tileWidth: 67_200, tileHeight: 8 });
    for (const [row, tile] of folded.tiles.entries()) {
      const region = { x: 0, y: row * 8, level: 0, width: 33_600, height: 8 };
      const right = await slide.readRegion({ ...region, x: 33_600 });
      const halves = [await slide.readRegion(region), right].map((raster) => raster.data);
      expect(Buffer.compare(Buffer.concat(halves), tile), `row ${row}`).toBe(0);
    }
    await expect(slide.readTile(0, 0, 0)).rejects.toThrow(/67200 pixels is too wide for a JPEG of its own/);
  });

  it('is refused where it is too wide for a JPEG and has no restart markers', async () => {
    const raw = { width: 64, height: 8, channels: 3 } as const;
    const data = await sharp(createNoise(64 * 8 * 3), { raw })
      .jpeg()
      .toBuffer();
    setSize(data, 70_000, 8);
    await expect(openPages([{ width: 70_000, height: 8, data, lens: 20 }])).rejects.toThrow(
      /directory 0: a JPEG of 70000 x 8 pixels without a grid of restart markers/,
    );
  });

  it('is not looked for in other TIFFs', async () => {
    // A plain TIFF of more than 4 GiB: what follows the header is no high word.
    const { bytes } = buildTiff([createNoiseImage({ width: 9, height: 9 })]);
    const file = { pieces: [{ at: 0, bytes }], size: FOUR_GIB + 9 };
    await using slide = await open(file);
    expect(slide.format).toBe('generic-tiff');
  });
});

describe('a damaged Hamamatsu slide', () => {
  const damage = (change: (data: Uint8Array) => void) => {
    const data = Uint8Array.from(level.jpeg);
    change(data);
    return data;
  };
  const [third = 0, fourth = 0] = level.starts.slice(3);

  it('reports the tile whose restart marker is gone, where markers are listed', async () => {
    const data = damage((bytes) => bytes.set([0, 0], third - 2));
    await using slide = await openPages([createLevelPage(level, { data })]);
    await expectTiles(slide, level, 0, new Set([3]));
    await expect(slide.readTile(0, 0, 1)).rejects.toThrow(
      /level 0, tile column 0, row 1 can't be read: jpeg: restart marker FFD2 is not where it should be/,
    );
  });

  it('reports both tiles beside a restart marker that is gone, where they are not listed', async () => {
    const data = damage((bytes) => bytes.set([0, 0], third - 2));
    await using slide = await openPages([{ ...unlisted, data }]);
    await expectTiles(slide, level, 0, new Set([2, 3]));
  });

  it('believes no marker behind one with a number that can not be', async () => {
    const data = damage((bytes) => bytes.set([0xff, 0xd7], third - 2));
    await using slide = await openPages([{ ...unlisted, data }]);
    await expectTiles(slide, level, 0, new Set(Array.from({ length: 13 }, (_, i) => i + 2)));
  });

  it('reports the tile whose data are damaged', async () => {
    const data = damage((bytes) => bytes.fill(0xaa, third + 4, fourth - 4));
    for (const page of [createLevelPage(level, { data }), { ...unlisted, data }]) {
      await using slide = await openPages([page]);
      await expectTiles(slide, level, 0, new Set([3]));
    }
  });

  it('reports tiles whose place makes no sense, and no other', async () => {
    const starts = [...level.starts];
    starts[4] = 10_000_000;
    await using slide = await openPages([createLevelPage(level, { starts })]);
    await expectTiles(slide, level, 0, new Set([3, 4]));
  });

  it('is read up to where it ends early', async () => {
    const cut = (level.starts[12] ?? 0) + 3;
    await using slide = await openPages([{ ...unlisted, data: level.jpeg.subarray(0, cut) }]);
    await expectTiles(slide, level, 0, new Set([12, 13, 14]));
  });

  it('is refused where it is cut off', async () => {
    const bytes = joinPieces(buildNdpi([createLevelPage(level), createLevelPage(coarse, { lens: 10 })]));
    for (const part of [0.3, 0.6, 0.95]) {
      const source = createBufferSource(bytes.subarray(0, bytes.length * part), 'cut.ndpi');
      await expect(openSlide(source)).rejects.toMatchObject({ tag: 'tiff' });
    }
  });

  it('is refused where the headers of a level are damaged', async () => {
    const headless = createLevelPage(coarse, { lens: 10, data: createNoise(400), starts: [] });
    await expect(openPages([createLevelPage(level), headless])).rejects.toMatchObject({ tag: 'tiff', directory: 1 });
    const endless = damage((bytes) => bytes.set([0xff, 0xff], findSegment(bytes, 0xdb) + 2));
    await expect(openPages([createLevelPage(level, { data: endless })])).rejects.toMatchObject({ tag: 'tiff' });
    const outside: NdpiEntry[] = [{ tag: 273, type: 'long', values: [4_000_000_000] }];
    await expect(openPages([createLevelPage(level, { tags: outside })])).rejects.toThrow(/a picture of \d+ bytes at/);
  });

  it('takes no memory for more restart intervals than fit into its bytes', async () => {
    const side = 8 * 2 ** 27;
    const data = damage((bytes) => setSize(bytes, side, side));
    data[findSegment(data, 0xdd) + 5] = 1;
    await expect(openPages([{ ...unlisted, width: side, height: side, data }])).rejects.toThrow(
      /directory 0: \d+ restart intervals in a picture of \d+ bytes/,
    );
  });

  it('does not ask for more memory than a tile may take', async () => {
    const source = createSparseSource(buildNdpi([createLevelPage(level)]));
    await expect(openSlide(source, { maxTileBytes: 300 })).rejects.toThrow(
      /restart intervals of 16 x 8 pixels, more than 300 bytes each/,
    );
  });
});

describe('the tiles of a Hamamatsu slide in another thread', () => {
  it('are those of the slide, bad ones too', async () => {
    const [third = 0] = level.starts.slice(3);
    const data = Uint8Array.from(level.jpeg);
    data.set([0, 0], third - 2);
    const path = join(folder, 'tiles.ndpi');
    for (const page of [createLevelPage(level), { ...unlisted, data }]) {
      writeFileSync(path, joinPieces(buildNdpi([page])));
      await using slide = await openSlide(path);
      const layout = await slide.getTileLayout?.(0);
      if (!layout) throw new Error('no layout');
      const decoder = createJpegTileDecoder(getThreadJpegDecoder);
      using tiles = openStoredTiles(layout, { decoder, bytes: () => new Uint8Array(0) });
      for (const [i, pixels] of level.tiles.entries()) {
        const reading = tiles.decodeTile(i % level.columns, Math.floor(i / level.columns));
        if (page.data === data && (i === 2 || i === 3)) await expect(reading).rejects.toMatchObject({ tag: 'codec' });
        else expect((await reading)?.data).toEqual(pixels);
      }
    }
  });
});
