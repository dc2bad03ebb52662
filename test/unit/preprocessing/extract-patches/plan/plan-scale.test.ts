import { describe, expect, it } from 'vitest';
import { planPatches } from '../../../../../src/preprocessing/extract-patches/plan/plan-patches.ts';
import type { TissueMask } from '../../../../../src/preprocessing/tissue-detection/tissue-mask.ts';
import { createSlide, createTissue } from './plan-fixtures.ts';

const slide = createSlide(100_000, 90_000, { mpp: 0.25 });

function createDisc(): TissueMask {
  const [width, height] = [3125, 2812];
  const data = new Uint8Array(width * height);
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++) if (Math.hypot(i - 1562, j - 1406) < 1300) data[j * width + i] = 1;
  return { width, height, data, downsample: { x: 100_000 / width, y: 90_000 / height } };
}

/** A wavy outline of many short edges, as tracing a mask gives. */
function createOutline(vertices: number, radius: number): Float64Array {
  const xy = Array.from({ length: vertices }, (_, i) => {
    const turn = (2 * Math.PI * i) / vertices;
    const r = radius * (0.8 + 0.15 * Math.sin(7 * turn) + 0.05 * Math.sin(41 * turn) + 0.001 * Math.sin(1.7 * i));
    return [50_000 + r * Math.cos(turn), 45_000 + r * Math.sin(turn)];
  });
  return Float64Array.from(xy.flat());
}

// About 0.05 s (mask) and 0.5 s (polygons) for 100 000 positions on a quiet 2-core machine; the limits are for a busy one.
describe('a slide of 100k x 90k pixels', () => {
  const tissue = createTissue(
    [{ exterior: createOutline(10_000, 44_000), holes: [createOutline(2_000, 4_000)] }],
    createDisc(),
  );

  it.each([
    ['fraction', { stride: 64 }, 544_600, 5000],
    ['four-pt', { stride: 128, tissueRule: 'four-pt' as const }, 136_150, 15_000],
    ['polygon', { stride: 128, tissueRule: 'polygon' as const }, 136_150, 15_000],
    ['simplified polygons', { grid: 'trident' as const }, 34_496, 15_000],
  ])('%s is quick', (_, options, candidates, limit) => {
    const start = performance.now();
    const plan = planPatches(slide, tissue, { size: 256, ...options });
    expect(plan.candidates).toBe(candidates);
    expect(plan.count()).toBeGreaterThan(10_000);
    expect(performance.now() - start).toBeLessThan(limit);
  });

  it('takes the memory of its mask, not of its patches', () => {
    const plan = planPatches(slide, tissue, { size: 256, stride: 32, tissueThreshold: 0 });
    expect(plan.candidates).toBeGreaterThan(2_000_000);
    const before = process.memoryUsage();
    let most = 0;
    for (const { index } of plan)
      if (index % 100_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before.heapUsed);
    // Two million records would be over 100 MB; what is seen here is garbage that waits for its collection.
    expect(most).toBeLessThan(60e6);
    expect(process.memoryUsage().arrayBuffers).toBeLessThanOrEqual(before.arrayBuffers);
  });
});
