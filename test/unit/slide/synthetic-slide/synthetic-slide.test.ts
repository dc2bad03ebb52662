import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromFile } from 'geotiff';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import { createScene } from '../../../../src/slide/synthetic-slide/create-scene.ts';
import { resolveSyntheticOptions } from '../../../../src/slide/synthetic-slide/options.ts';
import { createTileRenderer } from '../../../../src/slide/synthetic-slide/tile-renderer.ts';
import { createSyntheticSlide, type SyntheticSlideOptions } from '../../../../src/slide/synthetic-slide.ts';
import { AbortedError, OptionError, OutputError } from '../../../../src/utils/errors.ts';

const SMALL = { width: 1500, height: 1100, seed: 7, tissueShare: 0.4 } as const;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'synthetic-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function hashOf(name: string, options: SyntheticSlideOptions): Promise<string> {
  const path = join(folder, name);
  await createSyntheticSlide(path, options);
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

test('the same options give the same bytes, another seed gives others', async () => {
  const first = await hashOf('a.svs', SMALL);
  expect(await hashOf('b.svs', { ...SMALL, penMark: undefined as never })).toBe(first);
  expect(await hashOf('c.svs', { ...SMALL, seed: 8 })).not.toBe(first);
});

test('says what it wrote, and reports each tile', async () => {
  const seen: number[] = [];
  const path = join(folder, 'd.svs');
  const slide = await createSyntheticSlide(path, {
    ...SMALL,
    width: 9000,
    height: 600,
    tissueShare: 0.1,
    onProgress: ({ done, total }) => seen.push(done / total),
  });
  expect(slide.levels).toEqual([
    { width: 9000, height: 600, downsample: 1 },
    { width: 2250, height: 150, downsample: 4 },
    { width: 562, height: 37, downsample: 16 },
  ]);
  expect(seen).toHaveLength(36 * 3);
  expect(seen.at(-1)).toBe(1);
  expect(slide.bytes).toBe((await readFile(path)).length);
  expect(slide.truth.tissueArea / (9000 * 600)).toBeCloseTo(slide.truth.tissueShare, 3);
  // The share is met by bisection on a grid of 72 x 72 points.
  expect(Math.abs(slide.truth.tissueShare - 0.1)).toBeLessThan(0.02);
});

test('a stored tile and the JPEG tables make the tile that was drawn', async () => {
  const path = join(folder, 'e.svs');
  await createSyntheticSlide(path, { ...SMALL, quality: 95 });
  const tiff = await fromFile(path);
  const image = await tiff.getImage(0);
  const { fileDirectory } = image;
  const tables = Buffer.from((await fileDirectory.loadValue('JPEGTables')) as Uint8Array);
  const offsets = (await fileDirectory.loadValue('TileOffsets')) as ArrayLike<number>;
  const counts = (await fileDirectory.loadValue('TileByteCounts')) as ArrayLike<number>;
  await tiff.close();
  const file = await readFile(path);
  const options = resolveSyntheticOptions(SMALL);
  const renderer = createTileRenderer(createScene(options), options);
  const drawn = new Uint8ClampedArray(256 * 256 * 3);
  for (const index of [7, 8, 13]) {
    const tile = file.subarray(offsets[index], Number(offsets[index]) + Number(counts[index]));
    expect(tile.includes(Buffer.from([0xff, 0xdb]))).toBe(false);
    const decoded = await sharp(Buffer.concat([tables.subarray(0, -2), tile.subarray(2)]))
      .raw()
      .toBuffer();
    if (!renderer.render(index % 6, Math.floor(index / 6), drawn)) drawn.set(renderer.glass);
    const error = decoded.reduce((sum, value, i) => sum + Math.abs(value - drawn[i]!), 0) / decoded.length;
    // JPEG at quality 95 with halved chroma: about 2 grey levels on tissue.
    expect(error).toBeLessThan(5);
  }
});

test('tiles of bare glass share their bytes', async () => {
  const path = join(folder, 'f.svs');
  await createSyntheticSlide(path, { width: 6000, height: 4000, tissueShare: 0.05, seed: 3, tileSize: 240 });
  const tiff = await fromFile(path);
  const { fileDirectory } = await tiff.getImage(0);
  const offsets = [...((await fileDirectory.loadValue('TileOffsets')) as number[])];
  await tiff.close();
  expect(offsets).toHaveLength(25 * 17);
  expect(new Set(offsets).size).toBeLessThan(offsets.length * 0.5);
});

describe('faults', () => {
  test('an aborted run leaves no file', async () => {
    const controller = new AbortController();
    const run = createSyntheticSlide(join(folder, 'aborted.svs'), {
      ...SMALL,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 5) controller.abort(new Error('enough'));
      },
    });
    await expect(run).rejects.toThrow(AbortedError);
    expect((await readdir(folder)).filter((name) => name.startsWith('aborted'))).toEqual([]);
  });

  test('options that make no slide', async () => {
    const path = join(folder, 'no.svs');
    const wrong: SyntheticSlideOptions[] = [
      { width: 10 },
      { height: 1.5 },
      { mpp: 0 },
      { tissueShare: 2 },
      { tileSize: 250 },
      { quality: 0 },
      { eosin: [1, 2] as never },
      { associatedImages: ['photo'] as never },
    ];
    for (const options of wrong) await expect(createSyntheticSlide(path, options)).rejects.toThrow(OptionError);
    await expect(createSyntheticSlide(join(folder, 'no', 'a.svs'), SMALL)).rejects.toThrow(OutputError);
  });
});

/** Peak memory of this process while `work` runs, in MB: Linux counts anew when told so. */
async function measurePeak(work: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.();
  writeFileSync('/proc/self/clear_refs', '5');
  await work();
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
}

test.skipIf(process.platform !== 'linux')('memory does not grow with the slide', { timeout: 120_000 }, async () => {
  const make = (side: number) => () =>
    createSyntheticSlide(join(folder, `${side}.svs`), { width: side, height: side, tissueShare: 0.03, seed: 2 });
  await make(2048)();
  const small = await measurePeak(make(4096));
  const large = await measurePeak(make(16_384));
  process.stderr.write(`synthetic slide: peak ${small.toFixed(0)} MB at 4k, ${large.toFixed(0)} MB at 16k\n`);
  // The law: 12 bytes a tile (55 kB here), one more level's tile, and what the collector leaves. Pixels: 48 and 768 MB.
  expect(large - small).toBeLessThan(60);
});
