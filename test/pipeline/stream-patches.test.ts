import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPatchPool, planPatches, readPatches, streamPatches } from '../../src/preprocessing/extract-patches.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';

let folder: string;
let path: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-stream-'));
  path = join(folder, 'slide.svs');
  await createSyntheticSlide(path, { width: 2000, height: 1500, seed: 5 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('patches streamed from workers', () => {
  it('are those of the plan, each once, with the pixels that one thread reads', async () => {
    await using slide = await openSlide(path);
    const plan = planPatches(slide, undefined, { size: 224, mpp: 0.8 });
    const expected = new Map<number, Uint8Array>();
    for await (const { patch, raster } of readPatches(slide, plan)) expected.set(patch.index, raster.data);
    for await (const { patch, pixels, badTiles } of streamPatches(slide, plan, { workers: 2 })) {
      expect(badTiles).toBe(0);
      expect(
        Buffer.compare(pixels as Uint8Array, expected.get(patch.index) ?? new Uint8Array()),
        `${patch.index}`,
      ).toBe(0);
      expected.delete(patch.index);
    }
    expect(expected.size).toBe(0);
  });

  it('fill the buffers that the consumer gives back, for other patches', async () => {
    await using slide = await openSlide(path);
    // Many jobs: 8 MiB of pixels are ten of these patches, which share tiles.
    const plan = planPatches(slide, undefined, { size: 512, mpp: 0.5, stride: 150 });
    const expected = new Map<number, Uint8Array>();
    for await (const { patch, raster } of readPatches(slide, plan)) expected.set(patch.index, raster.data);
    const seen: Uint8Array[] = [];
    for await (const streamed of streamPatches(slide, plan, { workers: 1 })) {
      const { patch, pixels } = streamed;
      expect(Buffer.compare(pixels as Uint8Array, expected.get(patch.index) ?? new Uint8Array())).toBe(0);
      expected.delete(patch.index);
      seen.push(pixels as Uint8Array);
      streamed.release();
      streamed.release();
    }
    expect(expected.size).toBe(0);
    // A buffer that went back to a worker has nothing left here.
    expect(seen.some(({ length }) => length === 0)).toBe(true);
  });

  it('of two plans come side by side from one pool', async () => {
    await using slide = await openSlide(path);
    await using pool = createPatchPool({ workers: 2 });
    const plan = planPatches(slide, undefined, { size: 128, mpp: 0.5 });
    const [one, other] = [0, 1].map(() => streamPatches(slide, plan, { pool })[Symbol.asyncIterator]());
    let pairs = 0;
    for (;;) {
      const [a, b] = [await one?.next(), await other?.next()];
      if (a?.done || b?.done) break;
      expect(a?.value.patch.index).toBe(b?.value.patch.index);
      pairs++;
    }
    await Promise.all([one?.return(undefined), other?.return(undefined)]);
    expect(pairs).toBe(plan.count());
  });

  it('come as normalised planes for a model', async () => {
    await using slide = await openSlide(path);
    const plan = planPatches(slide, undefined, { size: 512, mpp: 0.5 });
    const mean = [0.7, 0.6, 0.8] as const;
    const std = [0.2, 0.3, 0.25] as const;
    const rgb = new Map<number, Uint8Array>();
    for await (const { patch, raster } of readPatches(slide, plan)) rgb.set(patch.index, raster.data);
    for await (const { patch, pixels } of streamPatches(slide, plan, { layout: 'planes', normalise: { mean, std } })) {
      const bytes = rgb.get(patch.index) ?? new Uint8Array();
      for (let i = 0; i < 512 * 512; i += 997) {
        for (const c of [0, 1, 2] as const) {
          const value = ((bytes[i * 3 + c] ?? 0) / 255 - mean[c]) / std[c];
          expect(pixels[c * 512 * 512 + i]).toBeCloseTo(value, 5);
        }
      }
    }
  });

  it('stop when the consumer leaves, and the pool serves on', async () => {
    await using slide = await openSlide(path);
    await using pool = createPatchPool({ workers: 2 });
    const plan = planPatches(slide, undefined, { size: 64, mpp: 0.5 });
    let seen = 0;
    for await (const _ of streamPatches(slide, plan, { pool })) if (++seen === 20) break;
    let again = 0;
    for await (const _ of streamPatches(slide, plan, { pool })) again++;
    expect(again).toBe(plan.count());
  });

  it('throw where a consumer throws, and leave nothing open', async () => {
    await using slide = await openSlide(path);
    const plan = planPatches(slide, undefined, { size: 128, mpp: 0.5 });
    const consume = async () => {
      for await (const _ of streamPatches(slide, plan, { workers: 1 })) throw new Error('enough');
    };
    await expect(consume()).rejects.toThrow('enough');
  });
});
