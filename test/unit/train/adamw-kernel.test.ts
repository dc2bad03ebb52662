import { describe, expect, test } from 'vitest';
import { createKernels } from '../../../src/io/kernels/wasm-kernels.ts';
import { roundFactors, updateAdamwPlain } from '../../../src/train/optimizers/kernels/adamw-update.ts';
import { createAdamwUpdate } from '../../../src/train/optimizers/kernels/adamw-wasm.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';

const FACTORS = roundFactors({ stepSize: 1e-3, decay: 1e-7, beta1: 0.9, beta2: 0.999, root: 0.2, epsilon: 1e-8 });

function createArrays(length: number, seed: number) {
  const random = createSeededRandom(seed);
  const fill = (scale: number) => Float32Array.from({ length }, () => (random.uniform() - 0.5) * scale);
  return { weights: fill(2), gradients: fill(1e-3), m: fill(1e-3), v: fill(1e-6).map(Math.abs) };
}

/** Bit for bit, where both are numbers. */
function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, at) => Object.is(value, b[at]));
}

describe('the kernel of AdamW', () => {
  // None, a part of four, one window of it, several and a part of one.
  test.each([0, 1, 3, 4, 255, 16_384, 40_001])('has the bits of the plain version, %i weights', (length) => {
    const [ours, plain] = [createArrays(length, 7), createArrays(length, 7)];
    for (const odd of [Number.NaN, 0, 1e-42, -3e38]) {
      ours.gradients[length >> 1] = plain.gradients[length >> 1] = odd;
      createAdamwUpdate(createKernels(2 ** 20))(ours, FACTORS);
      updateAdamwPlain(plain, FACTORS);
      for (const name of ['weights', 'm', 'v'] as const) expect(isSame(ours[name], plain[name]), name).toBe(true);
      if (Number.isNaN(odd)) for (const one of [ours, plain]) for (const values of Object.values(one)) values.fill(0.5);
    }
    expect(createAdamwUpdate(undefined)).toBe(updateAdamwPlain);
  });

  test('a decay too small for a factor of single precision is not lost', () => {
    expect(Math.fround(1 - 1e-8)).toBe(1);
    const weights = Float32Array.of(1);
    const zeros = () => new Float32Array(1);
    const factors = roundFactors({ stepSize: 0, decay: 5e-8, beta1: 0.9, beta2: 0.999, root: 1, epsilon: 1e-8 });
    updateAdamwPlain({ weights, gradients: zeros(), m: zeros(), v: zeros() }, factors);
    expect(weights[0]).toBeLessThan(1);
  });
});
