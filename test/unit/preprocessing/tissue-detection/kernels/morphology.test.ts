import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  getTailBits,
  packBits,
  unpackBits,
} from '../../../../../src/preprocessing/tissue-detection/kernels/bit-plane.ts';
import {
  close,
  createEllipseKernel,
  createRectKernel,
  dilate,
  erode,
  type MorphologyKernel,
  open,
  openAndClose,
} from '../../../../../src/preprocessing/tissue-detection/kernels/morphology.ts';
import type { Plane } from '../../../../../src/preprocessing/tissue-detection/kernels/plane.ts';
import { createRandom } from '../support.ts';

// Words are 32 pixels wide: widths about one, two and three words, kernels narrower and wider than a word.
const masks = fc
  .record({
    width: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constantFrom(31, 32, 33, 63, 64, 65, 96)),
    height: fc.integer({ min: 1, max: 12 }),
    density: fc.constantFrom(0.02, 0.3, 0.7, 0.98),
    seed: fc.nat(),
  })
  .map(({ width, height, density, seed }): Plane => {
    const random = createRandom(seed);
    return { width, height, data: Uint8Array.from({ length: width * height }, () => (random() < density ? 1 : 0)) };
  });
const kernels = fc
  .tuple(
    fc.constantFrom(createRectKernel, createEllipseKernel),
    fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 140 })),
  )
  .map(([create, size]) => create(size));

/** By the definition, pixel by pixel: `value` wins where any pixel of the window inside the picture has it. */
function spreadPlainly({ width, height, data }: Plane, kernel: MorphologyKernel, value: 0 | 1): Uint8Array {
  return data.map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const wins = kernel.rows.some(({ dy, start, end }) => {
      if (y + dy < 0 || y + dy >= height) return false;
      const row = (y + dy) * width;
      return data.subarray(row + Math.max(0, x + start), row + Math.max(0, Math.min(width, x + end))).includes(value);
    });
    return wins ? value : 1 - value;
  });
}

describe('masks of one bit a pixel', () => {
  it('come back as they were, with nothing behind the rows', () => {
    fc.assert(
      fc.property(masks, (mask) => {
        const bits = packBits(mask);
        expect(unpackBits(bits)).toEqual(mask.data);
        for (let y = 0; y < mask.height; y++)
          expect(bits.words[(y + 1) * bits.stride - 1]! & ~getTailBits(mask.width)).toBe(0);
      }),
    );
  });
});

describe('morphology', () => {
  it('is what its definition says, for any width and kernel', () => {
    fc.assert(
      fc.property(masks, kernels, (mask, kernel) => {
        const dilated = spreadPlainly(mask, kernel, 1);
        const eroded = spreadPlainly(mask, kernel, 0);
        expect(dilate(mask, kernel)).toEqual(dilated);
        expect(erode(mask, kernel)).toEqual(eroded);
        expect(open(mask, kernel)).toEqual(spreadPlainly({ ...mask, data: eroded }, kernel, 1));
        expect(close(mask, kernel)).toEqual(spreadPlainly({ ...mask, data: dilated }, kernel, 0));
        expect(openAndClose(mask, kernel)).toEqual(close({ ...mask, data: open(mask, kernel) }, kernel));
      }),
      { numRuns: 300 },
    );
  });
});
