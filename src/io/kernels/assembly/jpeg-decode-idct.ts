import { LAST_INDEX } from './jpeg-decode-job';
import {
  add,
  dot,
  down,
  flatLevel,
  high16,
  high32,
  high64,
  high8,
  low16,
  low32,
  low64,
  low8,
  pair,
  sub,
  term,
} from './jpeg-decode-lanes';

// The accurate integer inverse DCT that JPEG decoders agree on: Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with 13-bit
// constants and 2 extra bits between the passes; columns first. Results must be those of libjpeg's "islow" bit for bit, so
// every sum below is that one's, as products of pairs; only additions of 32-bit integers were put in another order.
// Like its SIMD versions, dequantisation and the sums z3 and z4 wrap at 16 bits, which no valid stream reaches.

/** Eight columns of eight samples (16 bits, already from 0 to 255 or beyond) to eight rows of bytes. */
@inline
function storeColumns(
  out: usize, pitch: usize, c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, c6: v128, c7: v128,
): void {
  const n0 = i8x16.narrow_i16x8_u(c0, c4);
  const n1 = i8x16.narrow_i16x8_u(c1, c5);
  const n2 = i8x16.narrow_i16x8_u(c2, c6);
  const n3 = i8x16.narrow_i16x8_u(c3, c7);
  const p01 = low8(n0, n1);
  const p45 = high8(n0, n1);
  const p23 = low8(n2, n3);
  const p67 = high8(n2, n3);
  const q0 = low16(p01, p23);
  const q1 = high16(p01, p23);
  const q2 = low16(p45, p67);
  const q3 = high16(p45, p67);
  const r01 = low32(q0, q2);
  const r23 = high32(q0, q2);
  const r45 = low32(q1, q3);
  const r67 = high32(q1, q3);
  v128.store64_lane(out, r01, 0);
  v128.store64_lane(out + pitch, r01, 1);
  out += pitch << 1;
  v128.store64_lane(out, r23, 0);
  v128.store64_lane(out + pitch, r23, 1);
  out += pitch << 1;
  v128.store64_lane(out, r45, 0);
  v128.store64_lane(out + pitch, r45, 1);
  out += pitch << 1;
  v128.store64_lane(out, r67, 0);
  v128.store64_lane(out + pitch, r67, 1);
}

/** Rounding of the two passes, before the shift by 13 - 2 and 13 + 2 + 3; the second one also adds the level shift of 128. */
const ROUND1: i32 = 1 << 10;
const ROUND2: i32 = (1 << 17) + (128 << 18);

/** A block of DC alone: 64 equal samples. */
@inline
function inverseFlat(block: usize, quant: usize, out: usize, pitch: usize): void {
  const bytes = <u64>flatLevel(block, quant) * 0x0101010101010101;
  for (let y = 0; y < 8; y++, out += pitch) store<u64>(out, bytes);
}

/** A block whose coefficients lie in the first four rows and columns: half the terms, and half the first pass. */
@inline
function inverseSparse(block: usize, quant: usize, out: usize, pitch: usize): void {
  const zero = i32x4.splat(0);
  const in0 = term(block, quant, 0);
  const in1 = term(block, quant, 1);
  const in2 = term(block, quant, 2);
  const in3 = term(block, quant, 3);
  v128.store(block, zero);
  v128.store(block, zero, 16);
  v128.store(block, zero, 32);
  v128.store(block, zero, 48);
  let even = low16(in0, in2);
  let odd = low16(in1, in3);
  let round = i32x4.splat(ROUND1);
  let e0 = add(dot(even, pair(8192, 10703)), round);
  let e1 = add(dot(even, pair(8192, 4433)), round);
  let e2 = add(dot(even, pair(8192, -4433)), round);
  let e3 = add(dot(even, pair(8192, -10703)), round);
  let o0 = dot(odd, pair(11363, 9633));
  let o1 = dot(odd, pair(9633, -2259));
  let o2 = dot(odd, pair(6437, -11362));
  let o3 = dot(odd, pair(2260, -6436));
  // Rows x and x + 4 in one vector: columns 0 to 3 of each.
  const w04 = down(add(e0, o0), sub(e3, o3), 11);
  const w15 = down(add(e1, o1), sub(e2, o2), 11);
  const w26 = down(add(e2, o2), sub(e1, o1), 11);
  const w37 = down(add(e3, o3), sub(e0, o0), 11);
  // Columns 0 to 3, all eight rows.
  const a01 = low16(w04, w15);
  const a23 = low16(w26, w37);
  const a45 = high16(w04, w15);
  const a67 = high16(w26, w37);
  const b0 = low32(a01, a23);
  const b1 = high32(a01, a23);
  const b2 = low32(a45, a67);
  const b3 = high32(a45, a67);
  const c0 = low64(b0, b2);
  const c1 = high64(b0, b2);
  const c2 = low64(b1, b3);
  const c3 = high64(b1, b3);
  round = i32x4.splat(ROUND2);
  even = low16(c0, c2);
  odd = low16(c1, c3);
  e0 = add(dot(even, pair(8192, 10703)), round);
  e1 = add(dot(even, pair(8192, 4433)), round);
  e2 = add(dot(even, pair(8192, -4433)), round);
  e3 = add(dot(even, pair(8192, -10703)), round);
  o0 = dot(odd, pair(11363, 9633));
  o1 = dot(odd, pair(9633, -2259));
  o2 = dot(odd, pair(6437, -11362));
  o3 = dot(odd, pair(2260, -6436));
  even = high16(c0, c2);
  odd = high16(c1, c3);
  const f0 = add(dot(even, pair(8192, 10703)), round);
  const f1 = add(dot(even, pair(8192, 4433)), round);
  const f2 = add(dot(even, pair(8192, -4433)), round);
  const f3 = add(dot(even, pair(8192, -10703)), round);
  const p0 = dot(odd, pair(11363, 9633));
  const p1 = dot(odd, pair(9633, -2259));
  const p2 = dot(odd, pair(6437, -11362));
  const p3 = dot(odd, pair(2260, -6436));
  storeColumns(
    out, pitch,
    down(add(e0, o0), add(f0, p0), 18), down(add(e1, o1), add(f1, p1), 18),
    down(add(e2, o2), add(f2, p2), 18), down(add(e3, o3), add(f3, p3), 18),
    down(sub(e3, o3), sub(f3, p3), 18), down(sub(e2, o2), sub(f2, p2), 18),
    down(sub(e1, o1), sub(f1, p1), 18), down(sub(e0, o0), sub(f0, p0), 18),
  );
}

/** Any block. One body for both passes, as the second is the first with other rounding. */
@inline
function inverseFull(block: usize, quant: usize, out: usize, pitch: usize): void {
  const zero = i32x4.splat(0);
  let in0 = term(block, quant, 0);
  let in1 = term(block, quant, 1);
  let in2 = term(block, quant, 2);
  let in3 = term(block, quant, 3);
  let in4 = term(block, quant, 4);
  let in5 = term(block, quant, 5);
  let in6 = term(block, quant, 6);
  let in7 = term(block, quant, 7);
  v128.store(block, zero);
  v128.store(block, zero, 16);
  v128.store(block, zero, 32);
  v128.store(block, zero, 48);
  v128.store(block, zero, 64);
  v128.store(block, zero, 80);
  v128.store(block, zero, 96);
  v128.store(block, zero, 112);
  let round = i32x4.splat(ROUND1);
  for (let pass = 0; ; pass++) {
    // Even part, left and right half.
    let p04 = low16(in0, in4);
    let p26 = low16(in2, in6);
    let t0 = add(dot(p04, pair(8192, 8192)), round);
    let t1 = add(dot(p04, pair(8192, -8192)), round);
    let t2 = dot(p26, pair(4433, -10704));
    let t3 = dot(p26, pair(10703, 4433));
    const e0 = add(t0, t3);
    const e1 = add(t1, t2);
    const e2 = sub(t1, t2);
    const e3 = sub(t0, t3);
    p04 = high16(in0, in4);
    p26 = high16(in2, in6);
    t0 = add(dot(p04, pair(8192, 8192)), round);
    t1 = add(dot(p04, pair(8192, -8192)), round);
    t2 = dot(p26, pair(4433, -10704));
    t3 = dot(p26, pair(10703, 4433));
    const f0 = add(t0, t3);
    const f1 = add(t1, t2);
    const f2 = sub(t1, t2);
    const f3 = sub(t0, t3);
    // Odd part.
    const s3 = i16x8.add(in3, in7);
    const s4 = i16x8.add(in1, in5);
    let p34 = low16(s3, s4);
    let p71 = low16(in7, in1);
    let p53 = low16(in5, in3);
    let z3 = dot(p34, pair(-6436, 9633));
    let z4 = dot(p34, pair(9633, 6437));
    const o0 = add(dot(p71, pair(-7373, 4926)), z4);
    const o3 = add(dot(p71, pair(-4927, -7373)), z3);
    const o2 = add(dot(p53, pair(-4176, -20995)), z4);
    const o1 = add(dot(p53, pair(-20995, 4177)), z3);
    p34 = high16(s3, s4);
    p71 = high16(in7, in1);
    p53 = high16(in5, in3);
    z3 = dot(p34, pair(-6436, 9633));
    z4 = dot(p34, pair(9633, 6437));
    const q0 = add(dot(p71, pair(-7373, 4926)), z4);
    const q3 = add(dot(p71, pair(-4927, -7373)), z3);
    const q2 = add(dot(p53, pair(-4176, -20995)), z4);
    const q1 = add(dot(p53, pair(-20995, 4177)), z3);
    if (pass == 1) {
      storeColumns(
        out, pitch,
        down(add(e0, o0), add(f0, q0), 18), down(add(e1, o1), add(f1, q1), 18),
        down(add(e2, o2), add(f2, q2), 18), down(add(e3, o3), add(f3, q3), 18),
        down(sub(e3, o3), sub(f3, q3), 18), down(sub(e2, o2), sub(f2, q2), 18),
        down(sub(e1, o1), sub(f1, q1), 18), down(sub(e0, o0), sub(f0, q0), 18),
      );
      break;
    }
    round = i32x4.splat(ROUND2);
    const w0 = down(add(e0, o0), add(f0, q0), 11);
    const w1 = down(add(e1, o1), add(f1, q1), 11);
    const w2 = down(add(e2, o2), add(f2, q2), 11);
    const w3 = down(add(e3, o3), add(f3, q3), 11);
    const w4 = down(sub(e3, o3), sub(f3, q3), 11);
    const w5 = down(sub(e2, o2), sub(f2, q2), 11);
    const w6 = down(sub(e1, o1), sub(f1, q1), 11);
    const w7 = down(sub(e0, o0), sub(f0, q0), 11);
    const a0 = low16(w0, w1);
    const a1 = high16(w0, w1);
    const a2 = low16(w2, w3);
    const a3 = high16(w2, w3);
    const a4 = low16(w4, w5);
    const a5 = high16(w4, w5);
    const a6 = low16(w6, w7);
    const a7 = high16(w6, w7);
    const b0 = low32(a0, a2);
    const b1 = high32(a0, a2);
    const b2 = low32(a1, a3);
    const b3 = high32(a1, a3);
    const b4 = low32(a4, a6);
    const b5 = high32(a4, a6);
    const b6 = low32(a5, a7);
    const b7 = high32(a5, a7);
    in0 = low64(b0, b4);
    in1 = high64(b0, b4);
    in2 = low64(b1, b5);
    in3 = high64(b1, b5);
    in4 = low64(b2, b6);
    in5 = high64(b2, b6);
    in6 = low64(b3, b7);
    in7 = high64(b3, b7);
  }
}

/**
 * Decodes `blocks` blocks, `stride` bytes apart, to 8 x 8 samples each, `step` bytes apart in `out`; clears the coefficients
 * behind it. Two short ways: DC alone, and coefficients of the first four rows and columns alone (zig-zag index <= 9).
 */
export function inverseDct8(block: usize, stride: usize, quant: usize, blocks: i32, out: usize, step: usize, pitch: usize): void {
  for (; blocks > 0; blocks--, block += stride, out += step) {
    const last = load<u16>(block + LAST_INDEX);
    if (last == 0) inverseFlat(block, quant, out, pitch);
    else if (last <= 9) inverseSparse(block, quant, out, pitch);
    else inverseFull(block, quant, out, pitch);
  }
}
