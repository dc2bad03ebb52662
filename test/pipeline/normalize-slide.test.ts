import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseRecolorWorkers } from '../../src/preprocessing/normalize-files/recolor-pool.ts';
import { normalizeSlide } from '../../src/preprocessing/normalize-files.ts';
import { createStainNormalizer, type StainNormalizer } from '../../src/preprocessing/stain-normalization.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { readAhead } from '../../src/utils/read-ahead.ts';

let folder: string;
let path: string;
let normalizer: StainNormalizer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-normalize-slide-'));
  path = join(folder, 'slide.svs');
  await createSyntheticSlide(path, { width: 1100, height: 900, seed: 7, tissueShare: 0.6, associatedImages: [] });
  normalizer = await createStainNormalizer({ source: path });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = async (from: string, workers: number, onBadTile: 'fail' | 'white' = 'fail') => {
  await using slide = await openSlide(from);
  const to = join(folder, 'out.tif');
  // Eight rows of tiles, each a piece, and levels that are made by halving.
  const options = { normalizer, workers, onBadTile, tileSize: 128, levels: 'pyramid', overwrite: true } as const;
  const { badTiles, status } = await normalizeSlide(slide, to, options);
  return { status, badTiles, bytes: readFileSync(to) };
};

describe('a slide that is normalised', () => {
  it('has the same bytes with any number of threads', async () => {
    const [own, pooled] = [await write(path, 0), await write(path, 3)];
    expect([own.status, pooled.status]).toEqual(['normalized', 'normalized']);
    expect(Buffer.compare(pooled.bytes, own.bytes)).toBe(0);
  });

  it('gets threads of its own where they pay and can open it', () => {
    const [small, large] = [
      { name: path, remote: undefined, width: 8192, height: 8192 },
      { name: path, remote: undefined, width: 50_000, height: 40_000 },
    ];
    expect(chooseRecolorWorkers(small, undefined)).toBe(0);
    expect(chooseRecolorWorkers(large, undefined)).toBeGreaterThan(0);
    expect([chooseRecolorWorkers(small, 3), chooseRecolorWorkers(large, 0)]).toEqual([3, 0]);
    expect(chooseRecolorWorkers({ ...large, name: `${path}.none` }, 3)).toBe(0);
  });

  it('has the same bad tiles in their order, or fails by the first', async () => {
    const damaged = join(folder, 'damaged.svs');
    const bytes = readFileSync(path);
    await using slide = await openSlide(path);
    const layout = await slide.getTileLayout?.(0);
    for (const index of [16, 7, 12]) bytes.fill(0, layout?.offsets[index], (layout?.offsets[index] ?? 0) + 600);
    writeFileSync(damaged, bytes);
    const [own, pooled] = [await write(damaged, 0, 'white'), await write(damaged, 3, 'white')];
    expect(own.badTiles).toHaveLength(3);
    expect(pooled.badTiles).toEqual(own.badTiles);
    expect(Buffer.compare(pooled.bytes, own.bytes)).toBe(0);
    const failures: unknown[] = [];
    for (const workers of [0, 3]) await write(damaged, workers).catch((error: unknown) => failures.push(error));
    expect(failures[1]).toMatchObject({ tag: 'tile' });
    expect(String(failures[1])).toBe(String(failures[0]));
  });
});

describe('readAhead', () => {
  it('keeps the order, and no more than so many under way', async () => {
    let [working, most] = [0, 0];
    const read = async (item: number) => {
      most = Math.max(most, ++working);
      for (let turn = item % 4; turn > 0; turn--) await Promise.resolve();
      working--;
      return 10 * item;
    };
    const found: number[] = [];
    for await (const { item, result } of readAhead([3, 2, 1, 0, 7], 3, read)) found.push(item, result);
    expect(found).toEqual([3, 30, 2, 20, 1, 10, 0, 0, 7, 70]);
    expect(most).toBe(3);
  });

  it('tells the first failure in its turn, and waits for the others', async () => {
    const ended: number[] = [];
    const read = async (item: number) => {
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(item);
      if (item > 0) throw new Error(`${item}`);
    };
    const found: number[] = [];
    const all = (async () => {
      for await (const { item } of readAhead([0, 1, 2, 3], 3, read)) found.push(item);
    })();
    await expect(all).rejects.toThrow('1');
    expect([found, ended]).toEqual([[0], [0, 1, 2, 3]]);
  });
});
