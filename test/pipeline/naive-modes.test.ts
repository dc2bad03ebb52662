/** What the naive mode of each stage keeps, and that its results are those of the optimised one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedder } from '../../src/inference/embed.ts';
import { planPatches, streamPatches } from '../../src/preprocessing/extract-patches.ts';
import { loadStainMethod } from '../../src/preprocessing/stain-normalization/methods.ts';
import { createStainNormalizer } from '../../src/preprocessing/stain-normalization.ts';
import { detectTissue } from '../../src/preprocessing/tissue-detection.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { sha256 as hash } from '../../src/utils/hash.ts';
import type { MemoryMode } from '../../src/utils/memory-mode.ts';
import { usePatchPool } from '../support/shared-pool.ts';
import { createFlat, createTissue } from '../support/stain-tissue.ts';
import { createTinyBackbone } from '../support/tiny-backbones.ts';

const MODES = ['optimised', 'naive'] as const satisfies readonly MemoryMode[];

let folder: string;
let path: string;
const getPool = usePatchPool();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-naive-'));
  path = join(folder, 'slide.svs');
  await createSyntheticSlide(path, { width: 1280, height: 1024, seed: 3, tissueShare: 0.6 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('naive stain normalisation', () => {
  const transformAll = async (mode: MemoryMode) => {
    const normalizer = await createStainNormalizer({ mode });
    // Of few pixels and of many, where optimised percentiles come from a sample; glass, of which no stains follow, in between.
    const pictures = [
      createTissue(),
      createFlat([240, 240, 240]),
      createTissue({ width: 300, height: 300, seed: 4, strength: [1.4, 0.7] }),
    ];
    return pictures.map((picture) => normalizer.transform({ ...picture, channels: 3 }));
  };

  it('gives the same bytes, and keeps what it can not tell', async () => {
    const [optimised = [], naive = []] = [await transformAll('optimised'), await transformAll('naive')];
    expect(naive.map(({ status, reason }) => [status, reason])).toEqual(
      optimised.map(({ status, reason }) => [status, reason]),
    );
    expect(naive.map(({ status }) => status)).toEqual(['normalized', 'kept', 'normalized']);
    for (const [at, { pixels }] of naive.entries())
      expect(Buffer.compare(pixels, optimised[at]?.pixels ?? new Uint8Array())).toBe(0);
  });

  it('is of macenko alone', async () => {
    await expect(loadStainMethod('vahadane', 'naive')).rejects.toMatchObject({ tag: 'option', option: 'mode' });
    await expect(createStainNormalizer({ mode: 'all' as MemoryMode })).rejects.toMatchObject({ tag: 'option' });
  });
});

it('naive tissue detection reads the picture for each method, keeps all of it, and finds the same tissue', async () => {
  await using slide = await openSlide(path);
  const [optimised, naive] = await Promise.all(
    MODES.map((mode) => detectTissue(slide, { method: 'combine', mpp: 4, mode })),
  );
  if (!optimised || !naive) throw new Error('two results');
  expect(optimised).not.toHaveProperty('retained');
  expect(Buffer.compare(naive.mask.data, optimised.mask.data)).toBe(0);
  const { width, height } = naive.mask;
  const sizes = (naive.retained ?? []).map(({ length }) => length);
  // Two pictures of three bytes a pixel; grey and HSV of 1 and 3.
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe((3 + 3 + 1 + 3) * width * height);
});

describe('naive patches', () => {
  it.each(['rgb', 'planes'] as const)('of layout %s are the same, and never given back', async (layout) => {
    await using slide = await openSlide(path);
    const plan = planPatches(slide, undefined, { size: 256, level: 0 });
    const found: string[][] = [];
    for (const mode of MODES) {
      const seen: string[] = [];
      const stain = { fit: 'patch', mode } as const;
      const normalise = { mean: [0.7, 0.6, 0.8], std: [0.2, 0.3, 0.25] } as const;
      for await (const { patch, pixels, stain: outcome, release } of streamPatches(slide, plan, {
        ...{ layout, normalise, stain, mode, pool: getPool() },
      })) {
        const bytes = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
        seen.push(`${patch.index} ${outcome} ${hash(bytes)}`);
        release();
        // What is kept is not moved to a worker.
        if (mode === 'naive') expect(pixels.byteLength).toBeGreaterThan(0);
      }
      found.push(seen);
    }
    expect(found[0]?.length).toBe(plan.count());
    expect(found[1]).toEqual(found[0]);
  });
});

it('a naive embedder gives the same features', async () => {
  const model = join(folder, 'model.onnx');
  writeFileSync(model, createTinyBackbone());
  const features: number[][] = [];
  for (const mode of MODES) {
    await using embedder = await openEmbedder({ model, mode, batchSize: 2, threads: 1 });
    const { side } = embedder.backbone;
    const planes = Float32Array.from({ length: 2 * 3 * side * side }, (_, at) => Math.sin(at));
    features.push([...(await embedder.run(planes, 2)).features]);
  }
  expect(features[1]).toEqual(features[0]);
  await expect(openEmbedder({ model, mode: 'all' as MemoryMode })).rejects.toMatchObject({ option: 'mode' });
});
