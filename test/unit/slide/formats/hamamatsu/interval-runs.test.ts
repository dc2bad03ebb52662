import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColorTable } from '../../../../../src/io/icc/srgb-table.ts';
import type { ByteSource } from '../../../../../src/io/source/byte-source.ts';
import { openTiff } from '../../../../../src/io/tiff/open-tiff.ts';
import { hamamatsuFormat } from '../../../../../src/slide/formats/hamamatsu.ts';
import { createSrgbLevel } from '../../../../../src/slide/icc/srgb-level.ts';
import { readLevelWindow } from '../../../../../src/slide/read-region.ts';
import { averageTiles } from '../../../../../src/slide/read-resampled.ts';
import type { LevelWindow } from '../../../../../src/slide/read-tiles.ts';
import { createSlideSettings } from '../../../../../src/slide/settings.ts';
import type { BackingLevel } from '../../../../../src/slide/slide-format.ts';
import { TileCache } from '../../../../../src/slide/tile-cache.ts';
import { RemoteError, type TileError } from '../../../../../src/utils/errors.ts';
import {
  buildNdpi,
  createLevelPage,
  createRestartJpeg,
  createSparseSource,
  joinPieces,
  type RestartJpeg,
} from '../../../../support/tiny-ndpi.ts';

/** Three columns and 22 rows of intervals: two runs of eight rows, and one of six. */
const level = await createRestartJpeg({ width: 46, height: 173, tileWidth: 16, tileHeight: 8 });
const subsampled = await createRestartJpeg({
  ...{ width: 93, height: 186, tileWidth: 32, tileHeight: 16 },
  chromaSubsampling: '4:2:0',
});
const rows = await createRestartJpeg({ width: 46, height: 173, tileWidth: 48, tileHeight: 8 });

interface Opened {
  readonly level: BackingLevel;
  readonly reads: { offset: number; length: number }[];
}

async function openLevel(file: Uint8Array, options = {}, around = (source: ByteSource) => source): Promise<Opened> {
  const inner = around(createSparseSource({ pieces: [{ at: 0, bytes: file }], size: file.length }));
  const reads: { offset: number; length: number }[] = [];
  const source: ByteSource = {
    ...inner,
    read(offset, length) {
      reads.push({ offset, length });
      return inner.read(offset, length);
    },
  };
  const backing = await hamamatsuFormat.open(source, await openTiff(source), createSlideSettings(options));
  const [first] = backing.levels;
  if (!first) throw new Error('no level');
  await first.decodeTile(0, 0).catch(() => {});
  reads.length = 0;
  return { level: first, reads };
}

const buildFile = (jpeg: RestartJpeg) => joinPieces(buildNdpi([createLevelPage(jpeg)]));
const createReader = (one: BackingLevel, cache = 2 ** 24) => ({
  ...{ name: 'runs.ndpi', levels: [one], closed: false, cache: new TileCache(cache) },
});
const withoutRuns = ({ runs: _runs, ...one }: BackingLevel): BackingLevel => one;

/** What a window reads as with the tiles of the level one by one, and which are bad. */
async function readOneByOne(one: BackingLevel, window: LevelWindow): Promise<{ data: Uint8Array; bad: string[] }> {
  const bad: string[] = [];
  const raster = await readLevelWindow(createReader(withoutRuns(one)), window, { onBadTile: note(bad) });
  return { data: raster.data, bad: bad.sort() };
}

async function readByRuns(one: BackingLevel, window: LevelWindow): Promise<{ data: Uint8Array; bad: string[] }> {
  const bad: string[] = [];
  const raster = await readLevelWindow(createReader(one), window, { onBadTile: note(bad) });
  return { data: raster.data, bad: bad.sort() };
}

function note(bad: string[]) {
  return ({ col, row, message }: TileError) => {
    bad.push(`${col}/${row}: ${message}`);
  };
}

describe('runs of restart intervals', () => {
  it.each([
    ['4:4:4', level],
    ['4:2:0', subsampled],
    ['whole rows', rows],
  ])('have the pixels of the intervals, %s', async (_name, jpeg) => {
    const { level: one } = await openLevel(buildFile(jpeg));
    const length = one.runs?.length ?? 0;
    expect(length * jpeg.tileHeight).toBe(64);
    for (let row = 0; row < jpeg.rows; row += length) {
      for (let col = 0; col < jpeg.columns; col++) {
        const count = Math.min(length, jpeg.rows - row);
        const run = await one.runs?.decode(col, row, count);
        const tiles = Array.from({ length: count }, (_, i) => jpeg.tiles[(row + i) * jpeg.columns + col] ?? []);
        expect(run).toMatchObject({ width: jpeg.tileWidth, height: count * jpeg.tileHeight, channels: 3 });
        expect(
          Buffer.compare(run?.data ?? Buffer.alloc(0), Buffer.concat(tiles.map((tile) => Buffer.from(tile)))),
        ).toBe(0);
      }
    }
  });

  it('serve windows of any place and size', async () => {
    const { level: one } = await openLevel(buildFile(level));
    const side = (most: number) => fc.integer({ min: 1, max: most });
    const place = (most: number) => fc.integer({ min: -20, max: most });
    await fc.assert(
      fc.asyncProperty(place(60), place(190), side(70), side(200), async (x, y, width, height) => {
        const window = { level: 0, x, y, width, height };
        expect(await readByRuns(one, window)).toEqual(await readOneByOne(one, window));
      }),
      { numRuns: 40 },
    );
  });

  it('are averaged as single tiles are, sum by sum', async () => {
    const { level: one } = await openLevel(buildFile(level));
    const work = { level: 0, corner: { x: 1.3, y: 2.7 }, step: { x: 1.6, y: 2.35 }, width: 27, height: 70 };
    const runs = await averageTiles(createReader(one), work);
    expect(runs.data).toEqual((await averageTiles(createReader(withoutRuns(one)), work)).data);
  });

  it('are read by one call where they lie together, and across small gaps', async () => {
    const whole = await openLevel(buildFile(rows));
    await readByRuns(whole.level, { level: 0, x: 0, y: 0, width: 46, height: 173 });
    expect(whole.reads).toHaveLength(3);
    const columns = await openLevel(buildFile(level));
    await readByRuns(columns.level, { level: 0, x: 0, y: 0, width: 46, height: 173 });
    expect(columns.reads).toHaveLength(9);
  });

  it('are left alone by a window that is lower than they are', async () => {
    const { level: one, reads } = await openLevel(buildFile(level));
    await readByRuns(one, { level: 0, x: 0, y: 60, width: 10, height: 8 });
    expect(reads).toHaveLength(2);
  });

  it('are decoded once for all windows on them, and not at all where the cache has no room', async () => {
    const { level: one, reads } = await openLevel(buildFile(level));
    const reader = createReader(one);
    const window = { level: 0, x: 0, y: 0, width: 16, height: 64 };
    await readLevelWindow(reader, window);
    await readLevelWindow(reader, { ...window, x: 3, width: 9 });
    expect(reads).toHaveLength(1);
    expect((await openLevel(buildFile(level), { cacheBytes: 0 })).level.runs).toBeUndefined();
  });
});

describe('a run with bad intervals', () => {
  it('is read tile by tile: the bad ones are named, all others are there', async () => {
    const file = buildFile(level);
    // Column 1, row 4: its marker is gone.
    const at = Buffer.from(file).indexOf(Buffer.from(level.jpeg)) + (level.starts[4 * 3 + 1] ?? 0) - 2;
    file[at] = 0;
    const { level: one } = await openLevel(file);
    await expect(one.runs?.decode(1, 0, 8)).rejects.toMatchObject({ tag: 'codec' });
    const window = { level: 0, x: 0, y: 0, width: 46, height: 173 };
    const found = await readByRuns(one, window);
    expect(found.bad).toHaveLength(1);
    expect(found.bad[0]).toMatch(/^1\/4: .*restart marker/);
    expect(found).toEqual(await readOneByOne(one, window));
    // A window on good tiles of the run does not hear of it.
    const above = { ...window, y: -40, height: 72 };
    expect(await readByRuns(one, above)).toEqual({ ...(await readOneByOne(one, above)), bad: [] });
    await expect(readLevelWindow(createReader(one), window)).rejects.toMatchObject({ tag: 'tile', col: 1, row: 4 });
  });

  it('says what single tiles say, whatever the damage', async () => {
    const sound = buildFile(level);
    const start = Buffer.from(sound).indexOf(Buffer.from(level.jpeg));
    const [from, to] = [start + (level.starts[0] ?? 0), start + level.jpeg.length];
    const change = fc.record({ at: fc.integer({ min: from, max: to - 1 }), value: fc.integer({ min: 0, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        const file = Uint8Array.from(sound);
        for (const { at, value } of changes) file[at] = value;
        const { level: one } = await openLevel(file);
        const window = { level: 0, x: 0, y: 0, width: 46, height: 173 };
        expect(await readByRuns(one, window)).toEqual(await readOneByOne(one, window));
      }),
      { numRuns: 60 },
    );
  });

  it('is no bad run where a server fails', async () => {
    const failure = new RemoteError('https://example.org/a.ndpi', 'the server answers 503', { reason: 'status' });
    let broken = false;
    const { level: one, reads } = await openLevel(buildFile(level), {}, (source) => ({
      ...source,
      read: (offset, length) => (broken ? Promise.reject(failure) : source.read(offset, length)),
    }));
    broken = true;
    const reading = readLevelWindow(createReader(one), { level: 0, x: 0, y: 0, width: 16, height: 64 });
    await expect(reading).rejects.toBe(failure);
    expect(reads).toHaveLength(1);
  });
});

describe('runs of a level that is brought to sRGB', () => {
  it('have its colours', async () => {
    const { level: one } = await openLevel(buildFile(level));
    const table: ColorTable = new Uint8Array(new SharedArrayBuffer(3 * 2 ** 24)).fill(7);
    const srgb = createSrgbLevel(one, async () => table);
    const window = { level: 0, x: 0, y: 0, width: 46, height: 173 };
    expect((await readByRuns(srgb, window)).data).toEqual(new Uint8Array(46 * 173 * 3).fill(7));
  });
});
