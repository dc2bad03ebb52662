import { describe, expect, it } from 'vitest';
import { listDifferentiable } from '../../../src/onnx/gradients.ts';
import { checkGradient, type GradientCase } from '../../support/check-gradient.ts';
import { ACTIVATION_CASES, ARITHMETIC_CASES, UNARY_CASES } from '../../support/gradient-cases/arithmetic.ts';
import { NORM_CASES } from '../../support/gradient-cases/norms.ts';
import { CONV_CASES, POOL_CASES, RESIZE_CASES } from '../../support/gradient-cases/pictures.ts';
import { PRODUCT_CASES } from '../../support/gradient-cases/products.ts';
import { REDUCTION_CASES } from '../../support/gradient-cases/reductions.ts';
import { INDEXING_CASES, SHAPE_CASES, SLICE_CASES } from '../../support/gradient-cases/shapes.ts';

const FAMILIES: Readonly<Record<string, readonly GradientCase[]>> = {
  arithmetic: ARITHMETIC_CASES,
  'of one number': UNARY_CASES,
  activations: ACTIVATION_CASES,
  products: PRODUCT_CASES,
  reductions: REDUCTION_CASES,
  shapes: SHAPE_CASES,
  slices: SLICE_CASES,
  indexing: INDEXING_CASES,
  convolutions: CONV_CASES,
  pools: POOL_CASES,
  resizing: RESIZE_CASES,
  norms: NORM_CASES,
};

describe.each(Object.entries(FAMILIES))('gradients are the slopes of the operators: %s', (_family, cases) => {
  it.each(cases.map((one) => [`${one.op}${one.what ? `, ${one.what}` : ''}`, one] as const))(
    '%s',
    async (_name, one) => {
      const { worst, tolerance } = await checkGradient(one);
      expect(worst).toBeLessThan(tolerance);
    },
  );
});

it('every rule is checked', () => {
  const checked = new Set(Object.values(FAMILIES).flatMap((cases) => cases.map(({ op }) => op)));
  expect(listDifferentiable().filter((op) => !checked.has(op))).toEqual([]);
});
