import { inverseSparse } from './jpeg-decode-idct-sparse';
import { FACTORS, LEVEL_ROUND2, ROUND1, storeHalf } from './jpeg-decode-idct-factors';
import { LAST_INDEX } from './jpeg-decode-job';
import { add, dot, down, flatLevel, high32, high64, low32, low64, sub } from './jpeg-decode-lanes';

// The accurate integer inverse DCT that JPEG decoders agree on: Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with 13-bit
// constants and 2 extra bits between the passes; columns first. Results must be those of libjpeg's "islow" bit for bit, so
// every sum below is that one's, as products of pairs; only additions of 32-bit integers were put in another order.
// Like its SIMD versions, dequantisation and the sums z3 and z4 wrap at 16 bits, which no valid stream reaches.
//
// The engine's compiler has 16 registers, and schedules loads first. So each pass works on half a block at a time, ends in
// stores, and finds its factors in locals loaded before the loops: those it keeps on the stack and reads where it needs them.

/** A block of DC alone: 64 equal samples. */
@inline
function inverseFlat(block: usize, quant: usize, out: usize, pitch: usize): void {
  const bytes = <u64>flatLevel(block, quant) * 0x0101010101010101;
  for (let y = 0; y < 8; y++, out += pitch) store<u64>(out, bytes);
}

/**
 * Decodes `blocks` blocks, `stride` bytes apart, to 8 x 8 samples each, `step` bytes apart in `out`; clears the coefficients
 * behind it. Two short ways: DC alone, and coefficients of the first four rows and columns alone (zig-zag index <= 9).
 */
export function inverseDct8(block: usize, stride: usize, quant: usize, blocks: i32, out: usize, step: usize, pitch: usize): void {
  const same = v128.load(FACTORS);
  const opposite = v128.load(FACTORS, 16);
  const even2 = v128.load(FACTORS, 32);
  const even3 = v128.load(FACTORS, 48);
  const sum3 = v128.load(FACTORS, 64);
  const sum4 = v128.load(FACTORS, 80);
  const odd0 = v128.load(FACTORS, 96);
  const odd3 = v128.load(FACTORS, 112);
  const odd2 = v128.load(FACTORS, 128);
  const odd1 = v128.load(FACTORS, 144);
  const round1 = v128.load(ROUND1);
  const round2 = v128.load(LEVEL_ROUND2);
  for (; blocks > 0; blocks--, block += stride, out += step) {
    const last = load<u16>(block + LAST_INDEX);
    if (last == 0) {
      inverseFlat(block, quant, out, pitch);
      continue;
    }
    if (last <= 9) {
      inverseSparse(block, quant, out, pitch);
      continue;
    }
    // Columns to rows of 16 bits, in place: first columns 0, 4, 2 and 6, then 1, 7, 5 and 3.
    for (let half: usize = 0; half < 32; half += 16) {
      const coefficients = block + half;
      const steps = quant + half;
      const p04 = i16x8.mul(v128.load(coefficients), v128.load(steps));
      const p26 = i16x8.mul(v128.load(coefficients, 32), v128.load(steps, 32));
      const p17 = i16x8.mul(v128.load(coefficients, 64), v128.load(steps, 64));
      const p53 = i16x8.mul(v128.load(coefficients, 96), v128.load(steps, 96));
      const t0 = add(dot(p04, same), round1);
      const t1 = add(dot(p04, opposite), round1);
      const t2 = dot(p26, even2);
      const t3 = dot(p26, even3);
      const e0 = add(t0, t3);
      const e1 = add(t1, t2);
      const e2 = sub(t1, t2);
      const e3 = sub(t0, t3);
      const sums = i16x8.add(p17, p53);
      const z3 = dot(sums, sum3);
      const z4 = dot(sums, sum4);
      const o0 = add(dot(p17, odd0), z4);
      const o1 = add(dot(p53, odd1), z3);
      const o2 = add(dot(p53, odd2), z4);
      const o3 = add(dot(p17, odd3), z3);
      // Rows x and x + 4 in one vector, as two pairs of columns each.
      const w04 = down(add(e0, o0), sub(e3, o3), 11);
      const w15 = down(add(e1, o1), sub(e2, o2), 11);
      const w26 = down(add(e2, o2), sub(e1, o1), 11);
      const w37 = down(add(e3, o3), sub(e0, o0), 11);
      const a01 = low32(w04, w15);
      const a23 = low32(w26, w37);
      const a45 = high32(w04, w15);
      const a67 = high32(w26, w37);
      v128.store(coefficients, low64(a01, a23));
      v128.store(coefficients, high64(a01, a23), 32);
      v128.store(coefficients, low64(a45, a67), 64);
      v128.store(coefficients, high64(a45, a67), 96);
    }
    // Rows to samples: first rows 0 to 3, then 4 to 7.
    let to = out;
    for (let half: usize = 0; half < 128; half += 64) {
      const rows = block + half;
      const p04 = v128.load(rows);
      const p17 = v128.load(rows, 16);
      const p26 = v128.load(rows, 32);
      const p53 = v128.load(rows, 48);
      const zero = i32x4.splat(0);
      v128.store(rows, zero);
      v128.store(rows, zero, 16);
      v128.store(rows, zero, 32);
      v128.store(rows, zero, 48);
      const t0 = add(dot(p04, same), round2);
      const t1 = add(dot(p04, opposite), round2);
      const t2 = dot(p26, even2);
      const t3 = dot(p26, even3);
      const e0 = add(t0, t3);
      const e1 = add(t1, t2);
      const e2 = sub(t1, t2);
      const e3 = sub(t0, t3);
      const sums = i16x8.add(p17, p53);
      const z3 = dot(sums, sum3);
      const z4 = dot(sums, sum4);
      const o0 = add(dot(p17, odd0), z4);
      const o1 = add(dot(p53, odd1), z3);
      const o2 = add(dot(p53, odd2), z4);
      const o3 = add(dot(p17, odd3), z3);
      to = storeHalf(
        to, pitch,
        down(add(e0, o0), add(e1, o1), 18), down(add(e2, o2), add(e3, o3), 18),
        down(sub(e3, o3), sub(e2, o2), 18), down(sub(e1, o1), sub(e0, o0), 18),
      );
    }
  }
}
