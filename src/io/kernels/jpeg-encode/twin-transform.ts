import { ZIGZAG } from './standard-tables.ts';

/**
 * The accurate integer DCT of libjpeg: Loeffler, Ligtenberg and Moschytz 1989 with 13-bit constants, rows first, 2 more bits
 * kept between the passes. Results are 8 times too large, which the division takes back.
 */

/** Transforms `work` in place, divides it by the steps and writes zigzag order. */
export function transformBlock(work: Int32Array, steps: Uint8Array, ordered: Int32Array): void {
  for (let row = 0; row < 8; row++) transformLine(work, 8 * row, { stride: 1, keep: 2, shift: 11 });
  for (let column = 0; column < 8; column++) transformLine(work, column, { stride: 8, keep: -2, shift: 15 });
  for (let k = 0; k < 64; k++) {
    const at = ZIGZAG[k]!;
    const divisor = 8 * steps[at]!;
    const size = Math.floor((Math.abs(work[at]!) + divisor / 2) / divisor);
    ordered[k] = work[at]! < 0 ? -size : size;
  }
}

interface Pass {
  readonly stride: number;
  /** Bits that plain sums gain (positive) or lose with rounding (negative). */
  readonly keep: number;
  /** Bits that products lose. */
  readonly shift: number;
}

function transformLine(work: Int32Array, at: number, { stride, keep, shift }: Pass): void {
  const get = (i: number) => work[at + i * stride]!;
  const set = (i: number, value: number) => {
    work[at + i * stride] = (value + (1 << (shift - 1))) >> shift;
  };
  const [s07, s16, s25, s34] = [get(0) + get(7), get(1) + get(6), get(2) + get(5), get(3) + get(4)];
  const [m7, m6, m5, m4] = [get(0) - get(7), get(1) - get(6), get(2) - get(5), get(3) - get(4)];
  const [e0, e1, e2, e3] = [s07 + s34, s16 + s25, s16 - s25, s07 - s34];
  const plain = (value: number) => (keep > 0 ? value << keep : (value + (1 << (-keep - 1))) >> -keep);
  work[at] = plain(e0 + e1);
  work[at + 4 * stride] = plain(e0 - e1);
  const z1 = (e2 + e3) * 4433;
  set(2, z1 + e3 * 6270);
  set(6, z1 - e2 * 15137);
  const z5 = (m4 + m6 + m5 + m7) * 9633;
  const z3 = z5 - (m4 + m6) * 16069;
  const z4 = z5 - (m5 + m7) * 3196;
  const outer = (m4 + m7) * -7373;
  const inner = (m5 + m6) * -20995;
  set(7, m4 * 2446 + outer + z3);
  set(5, m5 * 16819 + inner + z4);
  set(3, m6 * 25172 + inner + z3);
  set(1, m7 * 12299 + outer + z4);
}
