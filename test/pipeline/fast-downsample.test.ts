import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanOptions } from '../../src/preprocessing/extract-patches/options.ts';
import {
  createPatchPool,
  type ExtractOptions,
  extractPatches,
  planPatches,
  readPatches,
  streamPatches,
} from '../../src/preprocessing/extract-patches.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { sha256 } from '../../src/utils/hash.ts';
import { type TileKind, writeJpegSlide } from '../support/jpeg-slide.ts';
import { hashStableContent } from '../support/snapshot-folder.ts';

let folder: string;
/** 0.5 um per pixel, tiles of 240. */
let synthetic: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-fast-'));
  synthetic = join(folder, 'slide.svs');
  await createSyntheticSlide(synthetic, { width: 2100, height: 1500, tileSize: 240, seed: 3 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FAST = { fastDownsample: true };

async function extract(path: string, options: Partial<ExtractOptions>) {
  const out = mkdtempSync(join(folder, 'out-'));
  const result = await extractPatches(path, { out, overview: false, ...options });
  const files = Object.entries(hashStableContent(out)).filter(([name]) => name.startsWith('images'));
  return { ...result, out, images: Object.fromEntries(files) };
}

/** Hashes of a plan's patches, cut by workers. */
async function stream(path: string, options: PlanOptions, settings: Parameters<typeof streamPatches>[2] = {}) {
  await using slide = await openSlide(path, { mpp: 0.5 });
  const patches: string[] = [];
  for await (const { patch, pixels } of streamPatches(slide, planPatches(slide, undefined, options), settings))
    patches[patch.index] = sha256(pixels as Uint8Array);
  return patches;
}

/** The same on this thread. */
async function read(path: string, options: PlanOptions): Promise<string[]> {
  await using slide = await openSlide(path, { mpp: 0.5 });
  const patches: string[] = [];
  for await (const { patch, raster } of readPatches(slide, planPatches(slide, undefined, options)))
    patches[patch.index] = sha256(raster.data);
  return patches;
}

describe('fast downsampling', () => {
  it('writes the same bytes from 1, 2 and 4 workers, and others than the exact average', async () => {
    const options = { size: 120, mpp: 1, edge: 'pad', format: 'png' } as const;
    const one = await extract(synthetic, { ...options, ...FAST, workers: 1 });
    const count = Math.ceil(2100 / 240) * Math.ceil(1500 / 240);
    expect(Object.keys(one.images)).toHaveLength(count);
    for (const workers of [2, 4])
      expect((await extract(synthetic, { ...options, ...FAST, workers })).images).toEqual(one.images);
    const exact = await extract(synthetic, options);
    expect(Object.keys(exact.images)).toEqual(Object.keys(one.images));
    expect(exact.images).not.toEqual(one.images);
    expect(one.record.options).toMatchObject({ fastDownsample: true });
    // The default leaves no trace: records of runs before the option was there stay good.
    expect(exact.record.options).not.toHaveProperty('fastDownsample');
    expect(one.record.notices).toEqual(['fast downsampling: the JPEG tiles of level 0 were decoded at 1/2']);
    expect(exact.record.notices).toEqual([]);
  });

  it.each(['png', 'jpeg'] as const)('reads each stored tile once, and copies none: %s', async (format) => {
    // Reduced tiles are as large as the patches: they must not be taken for patches that are stored tiles.
    const { tilesRead, counts } = await extract(synthetic, { ...FAST, size: 120, mpp: 1, edge: 'pad', format });
    expect(tilesRead).toBe(Math.ceil(2100 / 240) * Math.ceil(1500 / 240));
    expect(counts.written).toBe(tilesRead);
  });

  it.each<[string, PlanOptions]>([
    ['half', { size: 200, mpp: 1, overlap: 31 }],
    ['2.3 times', { size: 200, mpp: 1.15, edge: 'pad' }],
    ['half, in patches too large for a band', { size: 900, mpp: 1, edge: 'pad' }],
  ])('gives the same pixels to workers, whatever their memory, and to one thread: %s', async (_, options) => {
    const expected = await read(synthetic, { ...options, ...FAST });
    for (const workerMemory of [16, 64]) {
      const patches = await stream(synthetic, { ...options, ...FAST }, { workerMemory: workerMemory * 2 ** 20 });
      expect(patches).toEqual(expected);
    }
  });

  it('and the exact average take turns in one pool', async () => {
    const options = { size: 200, mpp: 1 };
    await using pool = createPatchPool({ workers: 1 });
    const exact = await stream(synthetic, options, { pool });
    const fast = await stream(synthetic, { ...options, ...FAST }, { pool });
    expect(fast).toEqual(await read(synthetic, { ...options, ...FAST }));
    expect(fast).not.toEqual(exact);
    expect(await stream(synthetic, options, { pool })).toEqual(exact);
  });

  it('changes nothing where the step is below 2, where a level is cut, or where tiles are not JPEG', async () => {
    const lzw = join(folder, 'lzw.tif');
    await writeJpegSlide(lzw, { width: 500, height: 300, tile: 64, lzw: true });
    const cases: [string, PlanOptions][] = [
      [synthetic, { size: 300, mpp: 0.9 }],
      [synthetic, { size: 300, level: 0 }],
      [lzw, { size: 60, mpp: 1 }],
      [lzw, { size: 30, mpp: 2.1 }],
    ];
    for (const [path, options] of cases) {
      const exact = await stream(path, options);
      expect(exact.length).toBeGreaterThan(1);
      expect(await stream(path, { ...options, ...FAST })).toEqual(exact);
      expect(await read(path, { ...options, ...FAST })).toEqual(exact);
    }
  });
});

describe('fast downsampling of a slide with all kinds of tiles', () => {
  const kinds: Readonly<Record<string, TileKind>> = { '1/0': 'noise', '2/2': 'progressive', '0/1': 'none' };
  let mixed: string;
  beforeAll(async () => {
    mixed = join(folder, 'mixed.tif');
    const kind = (col: number, row: number) => kinds[`${col}/${row}`] ?? 'baseline';
    await writeJpegSlide(mixed, { width: 600, height: 390, tile: 128, kind });
  });
  const options = { ...FAST, size: 64, mpp: 1, edge: 'pad', format: 'png', slide: { mpp: 0.5 } } as const;

  it('leaves out, paints or fails at the bad tile alone', async () => {
    const skipped = await extract(mixed, { ...options, onBadTile: 'skip' });
    expect(skipped.counts).toMatchObject({ planned: 20, written: 19, skipped: 1 });
    expect(skipped.badTiles).toMatchObject([{ level: 0, col: 1, row: 0 }]);
    const list = readFileSync(join(skipped.out, 'skipped.csv'), 'utf8');
    expect(list.trim().split('\n').slice(1)).toEqual(['1,128,0,1']);
    const white = await extract(mixed, { ...options, onBadTile: 'white' });
    expect(white.counts).toMatchObject({ written: 20, whitened: 1 });
    await expect(extract(mixed, options)).rejects.toMatchObject({ tag: 'tile', level: 0, col: 1, row: 0 });
  });

  it('averages a progressive tile by area, and shows white for what is not stored and beyond the edge', async () => {
    await using slide = await openSlide(mixed, { mpp: 0.5 });
    const cut = async (fastDownsample: boolean) => {
      const plan = planPatches(slide, undefined, { size: 64, mpp: 1, edge: 'pad', fastDownsample });
      const patches: Uint8Array[] = [];
      for await (const { patch, pixels } of streamPatches(slide, plan, { onBadTile: 'white' }))
        patches[patch.index] = pixels as Uint8Array;
      return patches;
    };
    const [fast, exact] = [await cut(true), await cut(false)];
    const equal = fast.flatMap((pixels, i) => (Buffer.compare(pixels, exact[i] ?? pixels) === 0 ? [i] : []));
    // White: the bad tile 1/0 and the missing 0/1; progressive: 2/2. The last row's tiles hold 6 level pixels, the last
    // column's 88: whole numbers of reduced pixels, so that these are scaled decodes too.
    expect(equal).toEqual([1, 5, 12]);
    expect(new Set(fast[5])).toEqual(new Set([255]));
    // What the padding of the last column's tiles holds is black in the file.
    const last = fast[4] ?? new Uint8Array();
    expect(new Set(last.subarray(44 * 3, 64 * 3))).toEqual(new Set([255]));
  });
});
