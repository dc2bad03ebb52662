import { describe, expect, it } from 'vitest';
import { describeFit } from '../../../../../src/preprocessing/stain-normalization/fit/check-fit.ts';
import type { Vector3 } from '../../../../../src/preprocessing/stain-normalization/stain-method.ts';

const STAINS: readonly Vector3[] = [
  [0.65, 0.7, 0.29],
  [0.1, 0.95, 0.3],
  [-0.7, 0.1, 0.7],
];
const COUNTS = { pixels: 1000, tissuePixels: 500 };

describe('the strengths of a fit', () => {
  // What is left beside two stains may have the other sign, as in histolab; but nothing can be scaled by nothing.
  it.each([
    [[1, 0.5, 0.02], 'fitted'],
    [[1, 0.5, 1e-5], 'degenerate'],
    [[1, 0.5, -0.02], 'fitted'],
    [[1, 0.5, Number.NaN], 'degenerate'],
    [[1, 0.1, 0.02], 'degenerate'],
    [[1, 0.5], 'fitted'],
  ])('%j: %s', (maxConcentrations, status) => {
    const fit = describeFit({ kind: 'stains', stains: STAINS, maxConcentrations }, COUNTS);
    expect(fit.status).toBe(status);
    if (fit.status === 'degenerate') expect(fit.reason).toBe('vanishing-concentrations');
  });
});
