import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import { type ExtractOptions, extractPatches } from '../../src/preprocessing/extract-patches.ts';
import { detectTissue } from '../../src/preprocessing/tissue-detection.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { usePatchPool } from '../support/shared-pool.ts';
import { hashStableContent } from '../support/snapshot-folder.ts';

let folder: string;
let slide: string;
let tissue: Awaited<ReturnType<typeof detectTissue>>;
const getPool = usePatchPool();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-workers-'));
  slide = join(folder, 'slide.svs');
  await createSyntheticSlide(slide, { width: 2200, height: 1700, tileSize: 240, seed: 3 });
  await using opened = await openSlide(slide);
  tissue = await detectTissue(opened);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the patches of a slide', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('are the same bytes from 1, 2 and 4 workers: %s', async (format) => {
    const hashes = [];
    for (const workers of [1, 2, 4]) {
      const out = join(folder, `${format}-${workers}`);
      await using opened = await openSlide(slide);
      await extractPatches(opened, { out, tissue, size: 200, mpp: 0.7, overlap: 40, format, workers });
      hashes.push(hashStableContent(out));
    }
    expect(Object.keys(hashes[0] ?? {}).length).toBeGreaterThan(20);
    expect(hashes[1]).toEqual(hashes[0]);
    expect(hashes[2]).toEqual(hashes[0]);
  });

  const cuts: [string, Partial<ExtractOptions>][] = [
    ['as stored', { mpp: 0.5 }],
    ['at half the pixels', { mpp: 1 }],
    ['at any pixel size', { mpp: 0.77 }],
    ['magnified', { mpp: 0.31 }],
    ['of a lower level', { level: 1, size: 100 }],
    ['with white around the slide', { mpp: 0.5, edge: 'pad', stride: 170 }],
    ['larger than a worker may hold at once', { mpp: 4, size: 300, workerMemory: 16 * 2 ** 20, edge: 'pad' }],
  ];

  it.each(cuts)('have the pixels that the slide gives: %s', async (name, options) => {
    const out = join(folder, name);
    await using opened = await openSlide(slide);
    // A worker of a pool holds what the pool says.
    const pool = options.workerMemory === undefined ? getPool() : undefined;
    const result = await extractPatches(opened, { out, size: 220, pool, ...options });
    let compared = 0;
    for await (const { x, y, size, path, mpp } of result.readRecords()) {
      if (compared++ % 5 > 0) continue;
      const { data } = await decodeImage(join(out, path ?? ''));
      const expected =
        options.level === undefined
          ? await opened.readRegionAtMpp({ x, y, width: size, height: size, mpp: mpp ?? 0 })
          : await opened.readRegion({ x, y, width: size, height: size, level: options.level });
      expect(Buffer.compare(data, expected.data), `${x}, ${y}`).toBe(0);
    }
    expect(compared).toBeGreaterThan(0);
  });
});
