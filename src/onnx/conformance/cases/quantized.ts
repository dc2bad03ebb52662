import { type ConformanceCase, createCase, EXACT, ROUNDING } from '../conformance-case.ts';
import { map, noise, scalar } from '../values.ts';

const X = noise([3, 7]);
/** A power of two, so that no value falls between two levels by rounding alone. */
const STEP = 1 / 64;
const ZERO = 100;
const levels = map(X, (value) => Math.min(255, Math.max(0, roundToEven(value / STEP) + ZERO)), 'uint8');

export const QUANTIZED_CASES: readonly ConformanceCase[] = [
  createCase('QuantizeLinear', '', {
    inputs: [X, scalar(STEP), { type: 'uint8', dims: [], data: [ZERO] }],
    expected: () => levels,
    tolerance: EXACT,
  }),
  createCase('DequantizeLinear', '', {
    inputs: [levels, scalar(STEP), { type: 'uint8', dims: [], data: [ZERO] }],
    expected: () => map(levels, (value) => (value - ZERO) * STEP, 'float32'),
    tolerance: ROUNDING,
  }),
];

function roundToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
