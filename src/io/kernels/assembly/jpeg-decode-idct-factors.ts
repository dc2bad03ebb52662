import { high8, low8 } from './jpeg-decode-lanes';

// What the inverse DCTs of full size share: factors for pairs of coefficients, in the order in which the pairs lie in a block
// (see jpeg-decode-layout.ts), and the last step of their second pass.

/** Vectors of one pair of 13-bit factors each. */
export const FACTORS: usize = memory.data<i16>([
  // (x0, x4): x0 + x4, x0 - x4
  8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192,
  8192, -8192, 8192, -8192, 8192, -8192, 8192, -8192,
  // (x2, x6)
  4433, -10704, 4433, -10704, 4433, -10704, 4433, -10704,
  10703, 4433, 10703, 4433, 10703, 4433, 10703, 4433,
  // (x1 + x5, x7 + x3): z3, z4
  9633, -6436, 9633, -6436, 9633, -6436, 9633, -6436,
  6437, 9633, 6437, 9633, 6437, 9633, 6437, 9633,
  // (x1, x7)
  4926, -7373, 4926, -7373, 4926, -7373, 4926, -7373,
  -7373, -4927, -7373, -4927, -7373, -4927, -7373, -4927,
  // (x5, x3)
  -4176, -20995, -4176, -20995, -4176, -20995, -4176, -20995,
  -20995, 4177, -20995, 4177, -20995, 4177, -20995, 4177,
], 16);

/** The same sums where only x0 to x3 are not zero: (x0, x2), then (x1, x3). */
export const SPARSE_FACTORS: usize = memory.data<i16>([
  8192, 10703, 8192, 10703, 8192, 10703, 8192, 10703,
  8192, 4433, 8192, 4433, 8192, 4433, 8192, 4433,
  8192, -4433, 8192, -4433, 8192, -4433, 8192, -4433,
  8192, -10703, 8192, -10703, 8192, -10703, 8192, -10703,
  11363, 9633, 11363, 9633, 11363, 9633, 11363, 9633,
  9633, -2259, 9633, -2259, 9633, -2259, 9633, -2259,
  6437, -11362, 6437, -11362, 6437, -11362, 6437, -11362,
  2260, -6436, 2260, -6436, 2260, -6436, 2260, -6436,
], 16);

/** Rounding of the first pass, before the shift by 13 - 2. */
export const ROUND1: usize = memory.data<i32>([1024, 1024, 1024, 1024], 16);
/** Rounding of the second one, before the shift by 13 + 2 + 3, and the level shift of 128: 2^17 + 128 * 2^18. */
export const LEVEL_ROUND2: usize = memory.data<i32>([33685504, 33685504, 33685504, 33685504], 16);

/** Columns 0 and 1, 2 and 3, 4 and 5, 6 and 7 of four rows (16 bits) to rows of bytes; returns where the next row lies. */
@inline
export function storeHalf(out: usize, pitch: usize, c01: v128, c23: v128, c45: v128, c67: v128): usize {
  const left = i8x16.narrow_i16x8_u(c01, c23);
  const right = i8x16.narrow_i16x8_u(c45, c67);
  const c0415 = low8(left, right);
  const c2637 = high8(left, right);
  const c0246 = low8(c0415, c2637);
  const c1357 = high8(c0415, c2637);
  const r01 = low8(c0246, c1357);
  const r23 = high8(c0246, c1357);
  v128.store64_lane(out, r01, 0);
  v128.store64_lane(out + pitch, r01, 1);
  out += pitch << 1;
  v128.store64_lane(out, r23, 0);
  v128.store64_lane(out + pitch, r23, 1);
  return out + (pitch << 1);
}
