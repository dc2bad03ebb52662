// Forward DCT, quantisation and zigzag order of one block, with the coefficients of libjpeg-turbo's accurate integer
// method: Loeffler, Ligtenberg and Moschytz 1989 with 13-bit constants, rows first, 2 more bits kept between the passes.
// Both passes take a line as the pairs (x0, x1), (x3, x2) and (x7, x6), (x4, x5): sums and differences of these are pairs
// as well, and a frequency is a sum of two or four products of 16 bits, which are one or two instructions. Nothing is
// rounded on the way, so that the method's own order of additions does not matter.

/**
 * A transformed block: quantised coefficients of 16 bits (`PLACES` of jpeg-encode-entropy.ts knows their order, the first is
 * DC), then all but DC in zigzag order, clamped to 8 bits, then a bit for each of these that is not zero.
 */
export const TRANSFORMED: usize = 208;
export const ORDERED: usize = 128;
export const NON_ZERO: usize = 192;

// Constants are loaded: the engine makes a vector of four or five instructions wherever one stands in the code.

/** From two rows a, b of bytes: pairs (0, 1) of both, (3, 2) of both; then (7, 6) and (4, 5); then the same for b, a. */
const PAIRS = memory.data<u8>([
  0, 255, 1, 255, 8, 255, 9, 255, 3, 255, 2, 255, 11, 255, 10, 255,
  7, 255, 6, 255, 15, 255, 14, 255, 4, 255, 5, 255, 12, 255, 13, 255,
  8, 255, 9, 255, 0, 255, 1, 255, 11, 255, 10, 255, 3, 255, 2, 255,
  15, 255, 14, 255, 7, 255, 6, 255, 12, 255, 13, 255, 4, 255, 5, 255,
], 16);
/** Of frequencies 1, 3, 5, 7: for the pair of differences (0 - 7, 1 - 6), then for (3 - 4, 2 - 5). */
const ODD = memory.data<i16>([
  11363, 9633, 11363, 9633, 11363, 9633, 11363, 9633, 2260, 6437, 2260, 6437, 2260, 6437, 2260, 6437,
  9633, -2259, 9633, -2259, 9633, -2259, 9633, -2259, -6436, -11362, -6436, -11362, -6436, -11362, -6436, -11362,
  6437, -11362, 6437, -11362, 6437, -11362, 6437, -11362, 9633, 2261, 9633, 2261, 9633, 2261, 9633, 2261,
  2260, -6436, 2260, -6436, 2260, -6436, 2260, -6436, -11363, 9633, -11363, 9633, -11363, 9633, -11363, 9633,
], 16);
/** Of frequencies 2 and 6, for the differences of the pairs of sums (0 + 7, 1 + 6) and (3 + 4, 2 + 5). */
const EVEN = memory.data<i16>([
  10703, 4433, 10703, 4433, 10703, 4433, 10703, 4433, 4433, -10704, 4433, -10704, 4433, -10704, 4433, -10704,
], 16);
/** Of frequencies 0 and 4 in the first pass, then in the second, for the sums of these pairs. */
const PLAIN = memory.data<i16>([
  4, 4, 4, 4, 4, 4, 4, 4, 4, -4, 4, -4, 4, -4, 4, -4, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, 1, -1, 1, -1, 1, -1,
], 16);
const ROUND_11 = memory.data<i32>([1024, 1024, 1024, 1024], 16);
const ROUND_15 = memory.data<i32>([16384, 16384, 16384, 16384], 16);
/** For the first column, whose sum also gives back that samples stayed unsigned, and for others. */
const ROUND_2 = memory.data<i32>([-32766, 2, 2, 2, 2, 2, 2, 2], 16);
/** Adding 1.5 x 2^23 rounds a small float to an integer, whose lowest 16 bits then are those of the sum. */
const ROUNDER = memory.data<f32>([12582912.0, 12582912.0, 12582912.0, 12582912.0], 16);

/**
 * Transforms 64 samples (8 rows of 8) into the `TRANSFORMED` bytes at `to`. `reciprocals`: 64 floats in row order,
 * 1 / (8 x divisor) and a millionth more, so that halves are rounded away from zero as the integer division of libjpeg-turbo
 * does; exact for all inputs that occur. One long function: between two, vectors would go through memory.
 */
export function transformBlock(samples: usize, reciprocals: usize, to: usize): void {
  // Rows of bytes to pairs, two rows a vector: sums and differences for rows 0 and 1, 3 and 2, 7 and 6, 4 and 5.
  const r01 = v128.load(samples);
  const r32 = v128.load(samples, 16);
  const r45 = v128.load(samples, 32);
  const r76 = v128.load(samples, 48);
  const level = v128.load8_splat(samples);
  const upper = v128.or(v128.xor(r01, level), v128.xor(r32, level));
  const lower = v128.or(v128.xor(r45, level), v128.xor(r76, level));
  if (!v128.any_true(v128.or(upper, lower))) return storeFlat(load<u8>(samples), reciprocals, to);
  const front01 = pick(r01, PAIRS);
  const back01 = pick(r01, PAIRS + 16);
  const front32 = pick(r32, PAIRS + 32);
  const back32 = pick(r32, PAIRS + 48);
  const front45 = pick(r45, PAIRS);
  const back45 = pick(r45, PAIRS + 16);
  const front76 = pick(r76, PAIRS + 32);
  const back76 = pick(r76, PAIRS + 48);

  // First pass: four rows a vector.
  const sUpper01 = i16x8.add(front01, back01);
  const sUpper32 = i16x8.add(front32, back32);
  const sLower76 = i16x8.add(front76, back76);
  const sLower45 = i16x8.add(front45, back45);
  const outerUpper = joinLow(sUpper01, sUpper32);
  const innerUpper = joinHigh(sUpper01, sUpper32);
  const outerLower = joinLow(sLower76, sLower45);
  const innerLower = joinHigh(sLower76, sLower45);
  const plainUpper = i16x8.add(outerUpper, innerUpper);
  const plainLower = i16x8.add(outerLower, innerLower);
  const f0 = i16x8.narrow_i32x4_s(dot(plainUpper, PLAIN), dot(plainLower, PLAIN));
  const f4 = i16x8.narrow_i32x4_s(dot(plainUpper, PLAIN + 16), dot(plainLower, PLAIN + 16));
  const turnUpper = i16x8.sub(outerUpper, innerUpper);
  const turnLower = i16x8.sub(outerLower, innerLower);
  const round11 = v128.load(ROUND_11);
  const f2 = narrow11(even(turnUpper, EVEN, round11), even(turnLower, EVEN, round11));
  const f6 = narrow11(even(turnUpper, EVEN + 16, round11), even(turnLower, EVEN + 16, round11));
  const mUpper01 = i16x8.sub(front01, back01);
  const mUpper32 = i16x8.sub(front32, back32);
  const mLower76 = i16x8.sub(front76, back76);
  const mLower45 = i16x8.sub(front45, back45);
  const farUpper = joinLow(mUpper01, mUpper32);
  const nearUpper = joinHigh(mUpper01, mUpper32);
  const farLower = joinLow(mLower76, mLower45);
  const nearLower = joinHigh(mLower76, mLower45);
  const f1 = narrow11(odd(farUpper, nearUpper, ODD, round11), odd(farLower, nearLower, ODD, round11));
  const f3 = narrow11(odd(farUpper, nearUpper, ODD + 32, round11), odd(farLower, nearLower, ODD + 32, round11));
  const f5 = narrow11(odd(farUpper, nearUpper, ODD + 64, round11), odd(farLower, nearLower, ODD + 64, round11));
  const f7 = narrow11(odd(farUpper, nearUpper, ODD + 96, round11), odd(farLower, nearLower, ODD + 96, round11));

  // Second pass: a frequency f stands in lanes of rows 0, 1, 3, 2, 7, 6, 4, 5, so that two of them make such pairs again.
  const front0 = i32x4.shuffle(f0, f1, 0, 4, 1, 5);
  const back0 = i32x4.shuffle(f0, f1, 2, 6, 3, 7);
  const front2 = i32x4.shuffle(f2, f3, 0, 4, 1, 5);
  const back2 = i32x4.shuffle(f2, f3, 2, 6, 3, 7);
  const front4 = i32x4.shuffle(f4, f5, 0, 4, 1, 5);
  const back4 = i32x4.shuffle(f4, f5, 2, 6, 3, 7);
  const front6 = i32x4.shuffle(f6, f7, 0, 4, 1, 5);
  const back6 = i32x4.shuffle(f6, f7, 2, 6, 3, 7);
  const round15 = v128.load(ROUND_15);

  // Columns 0 to 3.
  const s0 = i16x8.add(front0, back0);
  const s2 = i16x8.add(front2, back2);
  const outerLeft = joinLow(s0, s2);
  const innerLeft = joinHigh(s0, s2);
  const plainLeft = i16x8.add(outerLeft, innerLeft);
  const turnLeft = i16x8.sub(outerLeft, innerLeft);
  const m0 = i16x8.sub(front0, back0);
  const m2 = i16x8.sub(front2, back2);
  const farLeft = joinLow(m0, m2);
  const nearLeft = joinHigh(m0, m2);
  const q00 = divide(i32x4.shr_s(i32x4.add(dot(plainLeft, PLAIN + 32), v128.load(ROUND_2)), 2), reciprocals);
  const q20 = divide(i32x4.shr_s(even(turnLeft, EVEN, round15), 15), reciprocals + 64);
  const q10 = divide(i32x4.shr_s(odd(farLeft, nearLeft, ODD, round15), 15), reciprocals + 32);
  const q30 = divide(i32x4.shr_s(odd(farLeft, nearLeft, ODD + 32, round15), 15), reciprocals + 96);
  const even0 = weave(q00, q20);
  const odd0 = weave(q10, q30);
  const q40 = divide(i32x4.shr_s(i32x4.add(dot(plainLeft, PLAIN + 48), v128.load(ROUND_2, 16)), 2), reciprocals + 128);
  const q60 = divide(i32x4.shr_s(even(turnLeft, EVEN + 16, round15), 15), reciprocals + 192);
  const q50 = divide(i32x4.shr_s(odd(farLeft, nearLeft, ODD + 64, round15), 15), reciprocals + 160);
  const q70 = divide(i32x4.shr_s(odd(farLeft, nearLeft, ODD + 96, round15), 15), reciprocals + 224);

  // Columns 4 to 7.
  const s4 = i16x8.add(front4, back4);
  const s6 = i16x8.add(front6, back6);
  const outerRight = joinLow(s4, s6);
  const innerRight = joinHigh(s4, s6);
  const plainRight = i16x8.add(outerRight, innerRight);
  const turnRight = i16x8.sub(outerRight, innerRight);
  const m4 = i16x8.sub(front4, back4);
  const m6 = i16x8.sub(front6, back6);
  const farRight = joinLow(m4, m6);
  const nearRight = joinHigh(m4, m6);
  const q01 = divide(i32x4.shr_s(i32x4.add(dot(plainRight, PLAIN + 32), v128.load(ROUND_2, 16)), 2), reciprocals + 16);
  const q21 = divide(i32x4.shr_s(even(turnRight, EVEN, round15), 15), reciprocals + 80);
  const q11 = divide(i32x4.shr_s(odd(farRight, nearRight, ODD, round15), 15), reciprocals + 48);
  const q31 = divide(i32x4.shr_s(odd(farRight, nearRight, ODD + 32, round15), 15), reciprocals + 112);
  const q41 = divide(i32x4.shr_s(i32x4.add(dot(plainRight, PLAIN + 48), v128.load(ROUND_2, 16)), 2), reciprocals + 144);
  const q61 = divide(i32x4.shr_s(even(turnRight, EVEN + 16, round15), 15), reciprocals + 208);
  const q51 = divide(i32x4.shr_s(odd(farRight, nearRight, ODD + 64, round15), 15), reciprocals + 176);
  const q71 = divide(i32x4.shr_s(odd(farRight, nearRight, ODD + 96, round15), 15), reciprocals + 240);
  const even1 = weave(q01, q40);
  const odd1 = weave(q11, q50);
  const even2 = weave(q21, q60);
  const odd2 = weave(q31, q70);
  const even3 = weave(q41, q61);
  const odd3 = weave(q51, q71);
  v128.store(to, even0);
  v128.store(to, odd0, 16);
  v128.store(to, even1, 32);
  v128.store(to, odd1, 48);
  v128.store(to, even2, 64);
  v128.store(to, odd2, 80);
  v128.store(to, even3, 96);
  v128.store(to, odd3, 112);

  // Zigzag order of bytes: few coefficients are larger, and those are read again.
  const b0 = i8x16.narrow_i16x8_s(even0, odd0);
  const b1 = i8x16.narrow_i16x8_s(even1, odd1);
  const b2 = i8x16.narrow_i16x8_s(even2, odd2);
  const b3 = i8x16.narrow_i16x8_s(even3, odd3);
  const k0 = v128.or(pick(b0, ZIGZAG), pick(b1, ZIGZAG + 16));
  const k1 = v128.or(v128.or(pick(b0, ZIGZAG + 32), pick(b1, ZIGZAG + 48)), pick(b2, ZIGZAG + 64));
  const k2 = v128.or(v128.or(pick(b1, ZIGZAG + 80), pick(b2, ZIGZAG + 96)), pick(b3, ZIGZAG + 112));
  const k3 = v128.or(pick(b2, ZIGZAG + 128), pick(b3, ZIGZAG + 144));
  v128.store(to, k0, ORDERED);
  v128.store(to, k1, ORDERED + 16);
  v128.store(to, k2, ORDERED + 32);
  v128.store(to, k3, ORDERED + 48);
  const zeros = getZeros(k0) | (getZeros(k1) << 16) | (getZeros(k2) << 32) | (getZeros(k3) << 48);
  store<u64>(to, ~zeros, NON_ZERO);
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
function pick(bytes: v128, map: usize): v128 {
  return i8x16.swizzle(bytes, v128.load(map));
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
function dot(pairs: v128, weights: usize): v128 {
  return i32x4.dot_i16x8_s(pairs, v128.load(weights));
}

// @ts-ignore: decorator
@inline
function even(turn: v128, weights: usize, round: v128): v128 {
  return i32x4.add(dot(turn, weights), round);
}

// @ts-ignore: decorator
@inline
function odd(far: v128, near: v128, weights: usize, round: v128): v128 {
  return i32x4.add(i32x4.add(dot(far, weights), dot(near, weights + 16)), round);
}

// @ts-ignore: decorator
@inline
function narrow11(upper: v128, lower: v128): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(upper, 11), i32x4.shr_s(lower, 11));
}

/** Quotients are the lowest 16 bits of each lane. */
// @ts-ignore: decorator
@inline
function divide(values: v128, reciprocals: usize): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(values), v128.load(reciprocals)), v128.load(ROUNDER));
}

/** The lowest 16 bits of the lanes of both in turn. */
// @ts-ignore: decorator
@inline
function weave(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, i32x4.shl(b, 16), 0, 9, 2, 11, 4, 13, 6, 15);
}

/** Where the 16 bytes of each quarter of the zigzag come from, for each vector of bytes that has any; 255 is none, and DC. */
const ZIGZAG = memory.data<u8>([
  255, 2, 8, 1, 10, 4, 6, 12, 3, 9, 255, 11, 5, 14, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 255, 255, 255, 0, 2,
  255, 7, 13, 255, 255, 255, 255, 255, 15, 255, 255, 255, 255, 255, 255, 255,
  8, 255, 255, 3, 9, 255, 11, 5, 255, 255, 10, 4, 6, 12, 255, 255,
  255, 255, 255, 255, 255, 1, 255, 255, 255, 0, 255, 255, 255, 255, 2, 8,
  7, 13, 255, 255, 255, 255, 15, 255, 255, 255, 14, 255, 255, 255, 255, 255,
  255, 255, 3, 9, 11, 5, 255, 255, 10, 4, 255, 6, 12, 255, 255, 7,
  255, 255, 255, 255, 255, 255, 255, 0, 255, 255, 255, 255, 255, 2, 8, 255,
  13, 15, 255, 255, 255, 14, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 1, 10, 4, 255, 6, 12, 3, 9, 11, 5, 14, 7, 13, 15,
], 16);

// @ts-ignore: decorator
@inline
function getZeros(bytes: v128): u64 {
  return <u64>i8x16.bitmask(i8x16.eq(bytes, i64x2.splat(0)));
}
