import { checkNumber } from '../../utils/options.ts';
import type { ParameterMap } from '../parameters.ts';
import { scaleValues, sumSquares } from './kernels/vector-loops.ts';

/** Kept from the norm's own division by nothing, as torch has it. */
const EPSILON = 1e-6;

/** Length of all gradients as one vector; not finite where one of them is not. */
export function computeGlobalNorm(gradients: ParameterMap): number {
  let sum = 0;
  for (const values of gradients.values()) sum += sumSquares(values);
  return Math.sqrt(sum);
}

/**
 * Scales all gradients, in place, so that their common length is at most `maxNorm`. Shorter ones stay as they are, and so do
 * those whose length is no number, which the caller has to stop at.
 * @returns the length before
 * @throws OptionError
 */
export function clipGradients(gradients: ParameterMap, maxNorm: number): number {
  checkNumber('maxNorm', maxNorm, { above: 0 });
  const norm = computeGlobalNorm(gradients);
  const factor = maxNorm / (norm + EPSILON);
  if (Number.isFinite(norm) && factor < 1) for (const values of gradients.values()) scaleValues(values, factor);
  return norm;
}
