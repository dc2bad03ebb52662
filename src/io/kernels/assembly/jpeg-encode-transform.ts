// Forward DCT, quantisation and zigzag order of one block, with the coefficients of libjpeg-turbo's accurate integer
// method: Loeffler, Ligtenberg and Moschytz 1989 with 13-bit constants, rows first, 2 more bits kept between the passes.
// Both passes take a line as the pairs (x0, x1), (x3, x2) and (x7, x6), (x4, x5): sums and differences of these are pairs
// as well, and a frequency is a sum of two or four products of 16 bits, which are one or two instructions. Nothing is
// rounded on the way, so that the method's own order of additions does not matter.
//
// The engine's compiler has 16 registers, and the processor works on what lies close together. So each pass goes over half a
// block at a time, and over all blocks of an MCU before the next pass begins. Loops end with their condition: then constants are
// made before the loop, kept on the stack, and read where they are needed.

import { BLOCK } from './jpeg-encode-colour';

/**
 * A transformed block: quantised coefficients of 16 bits (`PLACES` of jpeg-encode-entropy.ts knows their order, the first is
 * DC), then all but DC in zigzag order, clamped to 8 bits, then a bit for each of these that is not zero.
 */
export const TRANSFORMED: usize = 208;
export const ORDERED: usize = 128;
export const NON_ZERO: usize = 192;

/** Of frequencies 1, 3, 5, 7: for the pair of differences (0 - 7, 1 - 6), then for (3 - 4, 2 - 5). */
const FAR_1: v128 = i16x8(11363, 9633, 11363, 9633, 11363, 9633, 11363, 9633);
const NEAR_1: v128 = i16x8(2260, 6437, 2260, 6437, 2260, 6437, 2260, 6437);
const FAR_3: v128 = i16x8(9633, -2259, 9633, -2259, 9633, -2259, 9633, -2259);
const NEAR_3: v128 = i16x8(-6436, -11362, -6436, -11362, -6436, -11362, -6436, -11362);
const FAR_5: v128 = i16x8(6437, -11362, 6437, -11362, 6437, -11362, 6437, -11362);
const NEAR_5: v128 = i16x8(9633, 2261, 9633, 2261, 9633, 2261, 9633, 2261);
const FAR_7: v128 = i16x8(2260, -6436, 2260, -6436, 2260, -6436, 2260, -6436);
const NEAR_7: v128 = i16x8(-11363, 9633, -11363, 9633, -11363, 9633, -11363, 9633);
/** Of frequencies 2 and 6, for the differences of the pairs of sums (0 + 7, 1 + 6) and (3 + 4, 2 + 5). */
const TURN_2: v128 = i16x8(10703, 4433, 10703, 4433, 10703, 4433, 10703, 4433);
const TURN_6: v128 = i16x8(4433, -10704, 4433, -10704, 4433, -10704, 4433, -10704);
/** What rounds the second pass of frequencies without factors: the first also gives back that samples stayed unsigned. */
const ROUND_2 = memory.data<i32>([-32766, 2, 2, 2, 2, 2, 2, 2], 16);

/** What the first pass makes of up to 6 blocks: 64 bytes for each half. */
const HALVES = memory.data(6 * 128, 16);

/**
 * Transforms up to 6 blocks of samples as jpeg-encode-colour.ts lays them out, `TRANSFORMED` bytes each at `to`: `luma` of
 * them, and those up to `blocks` with the steps of chroma. Steps are 64 floats in row order, 1 / (8 x divisor) and a millionth
 * more, so that halves are rounded away from zero as the integer division of libjpeg-turbo does; exact for all inputs that occur.
 */
export function transformBlocks(
  samples: usize, luma: i32, blocks: i32, lumaSteps: usize, chromaSteps: usize, to: usize,
): void {
  if (areFlat(samples, blocks)) {
    for (let i = 0; i < blocks; i++)
      storeFlat(load<u8>(samples + <usize>i * BLOCK), i < luma ? lumaSteps : chromaSteps, to + <usize>i * TRANSFORMED);
    return;
  }
  transformRows(samples, blocks);
  transformColumns(luma, blocks, lumaSteps, chromaSteps, to);
  orderBytes(blocks, to);
}

/** Whether the samples of every block are equal, as on glass; elsewhere the first block tells. */
// @ts-ignore: decorator
@inline
function areFlat(samples: usize, blocks: i32): bool {
  const end = samples + <usize>blocks * BLOCK;
  for (let block = samples; block < end; block += BLOCK) {
    const level = v128.load8_splat(block);
    const upper = v128.or(v128.xor(v128.load(block), level), v128.xor(v128.load(block, 16), level));
    const lower = v128.or(v128.xor(v128.load(block, 32), level), v128.xor(v128.load(block, 48), level));
    if (v128.any_true(v128.or(upper, lower))) return false;
  }
  return true;
}

/** Rows to frequencies, half a block at a time: rows 0, 1, 3, 2, or 7, 6, 4, 5. */
function transformRows(samples: usize, blocks: i32): void {
  let rows = samples;
  let to: usize = HALVES;
  const end = samples + <usize>blocks * BLOCK;
  do {
    const a = v128.load_ext<u8>(rows);
    const b = v128.load_ext<u8>(rows, 16);
    const c = v128.load_ext<u8>(rows, 8);
    const d = v128.load_ext<u8>(rows, 24);
    const p01 = joinLow(a, b);
    const p32 = joinHigh(a, b);
    const p45 = joinLow(c, d);
    const p76 = joinHigh(c, d);
    const outer = i16x8.add(p01, p76);
    const inner = i16x8.add(p32, p45);
    const plain = i16x8.add(outer, inner);
    const turn = i16x8.sub(outer, inner);
    const far = i16x8.sub(p01, p76);
    const near = i16x8.sub(p32, p45);
    const round = i32x4.splat(1024);
    const f1 = i32x4.shr_s(odd(far, near, FAR_1, NEAR_1, round), 11);
    v128.store(to, i16x8.narrow_i32x4_s(dot(plain, i16x8(4, 4, 4, 4, 4, 4, 4, 4)), f1));
    const f2 = i32x4.shr_s(even(turn, TURN_2, round), 11);
    const f3 = i32x4.shr_s(odd(far, near, FAR_3, NEAR_3, round), 11);
    v128.store(to, i16x8.narrow_i32x4_s(f2, f3), 16);
    const f5 = i32x4.shr_s(odd(far, near, FAR_5, NEAR_5, round), 11);
    v128.store(to, i16x8.narrow_i32x4_s(dot(plain, i16x8(4, -4, 4, -4, 4, -4, 4, -4)), f5), 32);
    const f6 = i32x4.shr_s(even(turn, TURN_6, round), 11);
    const f7 = i32x4.shr_s(odd(far, near, FAR_7, NEAR_7, round), 11);
    v128.store(to, i16x8.narrow_i32x4_s(f6, f7), 48);
    rows += 32;
    to += 64;
  } while (rows < end);
}

/** Frequencies 0 to 3 or 4 to 7 of both halves to coefficients. */
function transformColumns(luma: i32, blocks: i32, lumaSteps: usize, chromaSteps: usize, to: usize): void {
  const lumaEnd = to + <usize>luma * TRANSFORMED;
  const end = to + <usize>blocks * TRANSFORMED;
  for (let half: usize = 0; half < 32; half += 16) {
    const first = v128.load(ROUND_2 + half);
    let from = HALVES + 2 * half;
    let out = to;
    do {
      const step = half + (out < lumaEnd ? lumaSteps : chromaSteps);
      const at = out + 4 * half;
      const a01 = v128.load(from);
      const a23 = v128.load(from, 16);
      const b01 = v128.load(from, 64);
      const b23 = v128.load(from, 80);
      const s01 = i16x8.add(a01, b01);
      const s23 = i16x8.add(a23, b23);
      const m01 = i16x8.sub(a01, b01);
      const m23 = i16x8.sub(a23, b23);
      const outer = i32x4.shuffle(s01, s23, 0, 2, 4, 6);
      const inner = i32x4.shuffle(s01, s23, 1, 3, 5, 7);
      const far = i32x4.shuffle(m01, m23, 0, 2, 4, 6);
      const near = i32x4.shuffle(m01, m23, 1, 3, 5, 7);
      const plain = i16x8.add(outer, inner);
      const turn = i16x8.sub(outer, inner);
      const round = i32x4.splat(16384);
      const q0 = divide(i32x4.shr_s(i32x4.add(dot(plain, i16x8(1, 1, 1, 1, 1, 1, 1, 1)), first), 2), step);
      const q2 = divide(i32x4.shr_s(even(turn, TURN_2, round), 15), step + 64);
      v128.store(at, weave(q0, q2));
      const q1 = divide(i32x4.shr_s(odd(far, near, FAR_1, NEAR_1, round), 15), step + 32);
      const q3 = divide(i32x4.shr_s(odd(far, near, FAR_3, NEAR_3, round), 15), step + 96);
      v128.store(at, weave(q1, q3), 16);
      const p4 = i32x4.add(dot(plain, i16x8(1, -1, 1, -1, 1, -1, 1, -1)), i32x4.splat(2));
      const q4 = divide(i32x4.shr_s(p4, 2), step + 128);
      const q6 = divide(i32x4.shr_s(even(turn, TURN_6, round), 15), step + 192);
      v128.store(at, weave(q4, q6), 32);
      const q5 = divide(i32x4.shr_s(odd(far, near, FAR_5, NEAR_5, round), 15), step + 160);
      const q7 = divide(i32x4.shr_s(odd(far, near, FAR_7, NEAR_7, round), 15), step + 224);
      v128.store(at, weave(q5, q7), 48);
      from += 128;
      out += TRANSFORMED;
    } while (out < end);
  }
}

/** Zigzag order of bytes of `blocks` blocks: few coefficients are larger, and those are read again. */
function orderBytes(blocks: i32, out: usize): void {
  const end = out + <usize>blocks * TRANSFORMED;
  let to = out;
  do {
    const b0 = i8x16.narrow_i16x8_s(v128.load(to), v128.load(to, 16));
    const b1 = i8x16.narrow_i16x8_s(v128.load(to, 64), v128.load(to, 32));
    const b2 = i8x16.narrow_i16x8_s(v128.load(to, 80), v128.load(to, 48));
    const b3 = i8x16.narrow_i16x8_s(v128.load(to, 96), v128.load(to, 112));
    const k00 = i8x16.swizzle(b0, i8x16(-1, 2, 8, 1, 10, 4, 6, 12, 3, 9, -1, 11, 5, 14, -1, -1));
    const k01 = i8x16.swizzle(b1, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 8, -1, -1, -1, 0, 2));
    const k10 = i8x16.swizzle(b0, i8x16(-1, 7, 13, -1, -1, -1, -1, -1, 15, -1, -1, -1, -1, -1, -1, -1));
    const k11 = i8x16.swizzle(b1, i8x16(-1, -1, -1, 10, -1, 9, -1, 12, -1, 1, -1, 4, 6, -1, 3, -1));
    const k12 = i8x16.swizzle(b2, i8x16(0, -1, -1, -1, 8, -1, 10, -1, -1, -1, 2, -1, -1, 4, -1, 1));
    const k21 = i8x16.swizzle(b1, i8x16(14, -1, 11, -1, -1, 13, -1, -1, -1, 5, -1, 7, -1, -1, -1, 15));
    const k22 = i8x16.swizzle(b2, i8x16(-1, 12, -1, 9, 11, -1, 14, -1, 3, -1, 6, -1, 5, -1, -1, -1));
    const k23 = i8x16.swizzle(b3, i8x16(-1, -1, -1, -1, -1, -1, -1, 0, -1, -1, -1, -1, -1, 2, 8, -1));
    const k32 = i8x16.swizzle(b2, i8x16(13, 15, -1, -1, -1, 7, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
    const k33 = i8x16.swizzle(b3, i8x16(-1, -1, 1, 10, 4, -1, 6, 12, 3, 9, 11, 5, 14, 7, 13, 15));
    const k0 = v128.or(k00, k01);
    const k1 = v128.or(v128.or(k10, k11), k12);
    const k2 = v128.or(v128.or(k21, k22), k23);
    const k3 = v128.or(k32, k33);
    v128.store(to, k0, ORDERED);
    v128.store(to, k1, ORDERED + 16);
    v128.store(to, k2, ORDERED + 32);
    v128.store(to, k3, ORDERED + 48);
    const zeros = getZeros(k0) | (getZeros(k1) << 16) | (getZeros(k2) << 32) | (getZeros(k3) << 48);
    store<u64>(to, ~zeros, NON_ZERO);
    to += TRANSFORMED;
  } while (to < end);
}

/** 64 equal samples, as on glass: what the transform would make of them, as far as `codeBlock` looks at it. */
function storeFlat(level: i32, reciprocals: usize, to: usize): void {
  const quotient = <f32>((level - 128) << 6) * load<f32>(reciprocals) + <f32>12582912.0;
  store<i16>(to, <i16>reinterpret<i32>(quotient));
  store<u8>(to, 0, ORDERED);
  store<u64>(to, 0, NON_ZERO);
}

// @ts-ignore: decorator
@inline
function joinLow(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 0, 2);
}

// @ts-ignore: decorator
@inline
function joinHigh(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 1, 3);
}

// @ts-ignore: decorator
@inline
function dot(pairs: v128, weights: v128): v128 {
  return i32x4.dot_i16x8_s(pairs, weights);
}

// @ts-ignore: decorator
@inline
function even(turn: v128, weights: v128, round: v128): v128 {
  return i32x4.add(dot(turn, weights), round);
}

// @ts-ignore: decorator
@inline
function odd(far: v128, near: v128, farWeights: v128, nearWeights: v128, round: v128): v128 {
  return i32x4.add(i32x4.add(dot(far, farWeights), dot(near, nearWeights)), round);
}

/** Quotients are the lowest 16 bits of each lane: adding 1.5 x 2^23 rounds a small float to an integer. */
// @ts-ignore: decorator
@inline
function divide(values: v128, reciprocals: usize): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(values), v128.load(reciprocals)), f32x4.splat(12582912.0));
}

/** The lowest 16 bits of the lanes of both in turn. */
// @ts-ignore: decorator
@inline
function weave(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, i32x4.shl(b, 16), 0, 9, 2, 11, 4, 13, 6, 15);
}

// @ts-ignore: decorator
@inline
function getZeros(bytes: v128): u64 {
  return <u64>i8x16.bitmask(i8x16.eq(bytes, i64x2.splat(0)));
}
