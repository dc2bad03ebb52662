// Forward DCT, quantisation and zigzag order of one block, with the coefficients of libjpeg-turbo's accurate integer
// method: Loeffler, Ligtenberg and Moschytz 1989 with 11 multiplications, 13-bit constants, rows first, 2 more bits kept
// between the passes. Sums of two products of 16 bits are one instruction, so constants are folded into pairs.

/** Results of the first pass; then the quantised coefficients, row by row, 16 bits each. */
export const COEFFICIENTS = memory.data(128, 16);
/** The coefficients in zigzag order, clamped to 8 bits, and 64 more. */
export const ORDERED = memory.data(64, 16);

// Constants are loaded: the engine makes a vector of four or five instructions wherever one stands in the code.
const EVEN_2 = memory.data<i16>([4433, 10703, 4433, 10703, 4433, 10703, 4433, 10703], 16);
const EVEN_6 = memory.data<i16>([-10704, 4433, -10704, 4433, -10704, 4433, -10704, 4433], 16);
const ODD_3 = memory.data<i16>([-6436, 9633, -6436, 9633, -6436, 9633, -6436, 9633], 16);
const ODD_4 = memory.data<i16>([9633, 6437, 9633, 6437, 9633, 6437, 9633, 6437], 16);
const ROTATE_7 = memory.data<i16>([-4927, -7373, -4927, -7373, -4927, -7373, -4927, -7373], 16);
const ROTATE_1 = memory.data<i16>([-7373, 4926, -7373, 4926, -7373, 4926, -7373, 4926], 16);
const ROTATE_5 = memory.data<i16>([-4176, -20995, -4176, -20995, -4176, -20995, -4176, -20995], 16);
const ROTATE_3 = memory.data<i16>([-20995, 4177, -20995, 4177, -20995, 4177, -20995, 4177], 16);
const ROUND_11 = memory.data<i32>([1024, 1024, 1024, 1024], 16);
const ROUND_15 = memory.data<i32>([16384, 16384, 16384, 16384], 16);
/** Adding 1.5 x 2^23 rounds a small float to an integer, which is then what its bits have more than those of 1.5 x 2^23. */
const ROUNDER = memory.data<f32>([12582912.0, 12582912.0, 12582912.0, 12582912.0], 16);
const PAIRS = memory.data<u8>([0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15], 16);

/**
 * Transforms 64 samples (8 rows of 8). `reciprocals`: 64 floats in row order, 1 / (8 x divisor) and a millionth more, so that
 * halves are rounded away from zero as the integer division of libjpeg-turbo does; exact for all inputs that occur.
 * Results go to `ORDERED`. @returns bit k: whether coefficient k in zigzag order is not zero
 */
export function transformBlock(samples: usize, reciprocals: usize): u64 {
  transformRows(samples);
  transformColumns(reciprocals);
  return orderCoefficients();
}

/** First pass. Samples stay unsigned: only the sums of a row see the shift by 128. */
// @ts-ignore: decorator
@inline
function transformRows(samples: usize): void {
  // Columns of bytes: rows two by two, four by four, then all eight.
  const r01 = pairRows(v128.load(samples));
  const r23 = pairRows(v128.load(samples, 16));
  const r45 = pairRows(v128.load(samples, 32));
  const r67 = pairRows(v128.load(samples, 48));
  const upperLow = i16x8.shuffle(r01, r23, 0, 8, 1, 9, 2, 10, 3, 11);
  const upperHigh = i16x8.shuffle(r01, r23, 4, 12, 5, 13, 6, 14, 7, 15);
  const lowerLow = i16x8.shuffle(r45, r67, 0, 8, 1, 9, 2, 10, 3, 11);
  const lowerHigh = i16x8.shuffle(r45, r67, 4, 12, 5, 13, 6, 14, 7, 15);
  const c01 = i32x4.shuffle(upperLow, lowerLow, 0, 4, 1, 5);
  const c23 = i32x4.shuffle(upperLow, lowerLow, 2, 6, 3, 7);
  const c45 = i32x4.shuffle(upperHigh, lowerHigh, 0, 4, 1, 5);
  const c67 = i32x4.shuffle(upperHigh, lowerHigh, 2, 6, 3, 7);
  const d0 = i16x8.extend_low_i8x16_u(c01);
  const d1 = i16x8.extend_high_i8x16_u(c01);
  const d2 = i16x8.extend_low_i8x16_u(c23);
  const d3 = i16x8.extend_high_i8x16_u(c23);
  const d4 = i16x8.extend_low_i8x16_u(c45);
  const d5 = i16x8.extend_high_i8x16_u(c45);
  const d6 = i16x8.extend_low_i8x16_u(c67);
  const d7 = i16x8.extend_high_i8x16_u(c67);

  const s07 = i16x8.add(d0, d7);
  const s16 = i16x8.add(d1, d6);
  const s25 = i16x8.add(d2, d5);
  const s34 = i16x8.add(d3, d4);
  const e0 = i16x8.add(s07, s34);
  const e1 = i16x8.add(s16, s25);
  const f0 = i16x8.shl(i16x8.sub(i16x8.add(e0, e1), i16x8.splat(1024)), 2);
  const f4 = i16x8.shl(i16x8.sub(e0, e1), 2);
  const e2 = i16x8.sub(s16, s25);
  const e3 = i16x8.sub(s07, s34);
  const evenLow = interleaveLow(e2, e3);
  const evenHigh = interleaveHigh(e2, e3);
  const round = v128.load(ROUND_11);
  const f2 = narrow(even2(evenLow, round), even2(evenHigh, round), 11);
  const f6 = narrow(even6(evenLow, round), even6(evenHigh, round), 11);

  const m7 = i16x8.sub(d0, d7);
  const m6 = i16x8.sub(d1, d6);
  const m5 = i16x8.sub(d2, d5);
  const m4 = i16x8.sub(d3, d4);
  const z3 = i16x8.add(m4, m6);
  const z4 = i16x8.add(m5, m7);
  const zLow = interleaveLow(z3, z4);
  const zHigh = interleaveHigh(z3, z4);
  const p3Low = i32x4.add(odd3(zLow), round);
  const p3High = i32x4.add(odd3(zHigh), round);
  const p4Low = i32x4.add(odd4(zLow), round);
  const p4High = i32x4.add(odd4(zHigh), round);
  const outerLow = interleaveLow(m4, m7);
  const outerHigh = interleaveHigh(m4, m7);
  const innerLow = interleaveLow(m5, m6);
  const innerHigh = interleaveHigh(m5, m6);
  const f7 = narrow(rotate7(outerLow, p3Low), rotate7(outerHigh, p3High), 11);
  const f1 = narrow(rotate1(outerLow, p4Low), rotate1(outerHigh, p4High), 11);
  const f5 = narrow(rotate5(innerLow, p4Low), rotate5(innerHigh, p4High), 11);
  const f3 = narrow(rotate3(innerLow, p3Low), rotate3(innerHigh, p3High), 11);

  const a0 = interleaveLow(f0, f1);
  const a1 = interleaveHigh(f0, f1);
  const a2 = interleaveLow(f2, f3);
  const a3 = interleaveHigh(f2, f3);
  const a4 = interleaveLow(f4, f5);
  const a5 = interleaveHigh(f4, f5);
  const a6 = interleaveLow(f6, f7);
  const a7 = interleaveHigh(f6, f7);
  storeRows(a0, a2, a4, a6, COEFFICIENTS);
  storeRows(a1, a3, a5, a7, COEFFICIENTS + 64);
}

/** Bytes of two rows in turn. */
// @ts-ignore: decorator
@inline
function pairRows(rows: v128): v128 {
  return i8x16.swizzle(rows, v128.load(PAIRS));
}

// @ts-ignore: decorator
@inline
function interleaveLow(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline
function interleaveHigh(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

// @ts-ignore: decorator
@inline
function narrow(low: v128, high: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(low, shift), i32x4.shr_s(high, shift));
}

/** The rest of a transposition for four rows: pairs of frequencies 01, 23, 45, 67 of each become whole rows. */
// @ts-ignore: decorator
@inline
function storeRows(f01: v128, f23: v128, f45: v128, f67: v128, to: usize): void {
  const low03 = i32x4.shuffle(f01, f23, 0, 4, 1, 5);
  const low47 = i32x4.shuffle(f45, f67, 0, 4, 1, 5);
  const high03 = i32x4.shuffle(f01, f23, 2, 6, 3, 7);
  const high47 = i32x4.shuffle(f45, f67, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(low03, low47, 0, 2));
  v128.store(to, i64x2.shuffle(low03, low47, 1, 3), 16);
  v128.store(to, i64x2.shuffle(high03, high47, 0, 2), 32);
  v128.store(to, i64x2.shuffle(high03, high47, 1, 3), 48);
}

// The rotations: each is a sum of two products with 13-bit constants of the method, and a third sum that is shared.

// @ts-ignore: decorator
@inline
function even2(e23: v128, round: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(e23, v128.load(EVEN_2)), round);
}

// @ts-ignore: decorator
@inline
function even6(e23: v128, round: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(e23, v128.load(EVEN_6)), round);
}

// @ts-ignore: decorator
@inline
function odd3(z34: v128): v128 {
  return i32x4.dot_i16x8_s(z34, v128.load(ODD_3));
}

// @ts-ignore: decorator
@inline
function odd4(z34: v128): v128 {
  return i32x4.dot_i16x8_s(z34, v128.load(ODD_4));
}

// @ts-ignore: decorator
@inline
function rotate7(m47: v128, p3: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(m47, v128.load(ROTATE_7)), p3);
}

// @ts-ignore: decorator
@inline
function rotate1(m47: v128, p4: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(m47, v128.load(ROTATE_1)), p4);
}

// @ts-ignore: decorator
@inline
function rotate5(m56: v128, p4: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(m56, v128.load(ROTATE_5)), p4);
}

// @ts-ignore: decorator
@inline
function rotate3(m56: v128, p3: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(m56, v128.load(ROTATE_3)), p3);
}

/** Second pass, from `COEFFICIENTS` into it: each row of results is divided as soon as it is there. */
// @ts-ignore: decorator
@inline
function transformColumns(reciprocals: usize): void {
  const d0 = v128.load(COEFFICIENTS);
  const d1 = v128.load(COEFFICIENTS, 16);
  const d2 = v128.load(COEFFICIENTS, 32);
  const d3 = v128.load(COEFFICIENTS, 48);
  const d4 = v128.load(COEFFICIENTS, 64);
  const d5 = v128.load(COEFFICIENTS, 80);
  const d6 = v128.load(COEFFICIENTS, 96);
  const d7 = v128.load(COEFFICIENTS, 112);

  const s07 = i16x8.add(d0, d7);
  const s16 = i16x8.add(d1, d6);
  const s25 = i16x8.add(d2, d5);
  const s34 = i16x8.add(d3, d4);
  const e0 = i16x8.add(s07, s34);
  const e1 = i16x8.add(s16, s25);
  const f0 = i16x8.shr_s(i16x8.add(i16x8.add(e0, e1), i16x8.splat(2)), 2);
  const f4 = i16x8.shr_s(i16x8.add(i16x8.sub(e0, e1), i16x8.splat(2)), 2);
  divide(i32x4.extend_low_i16x8_s(f0), i32x4.extend_high_i16x8_s(f0), reciprocals, COEFFICIENTS);
  divide(i32x4.extend_low_i16x8_s(f4), i32x4.extend_high_i16x8_s(f4), reciprocals + 128, COEFFICIENTS + 64);
  const e2 = i16x8.sub(s16, s25);
  const e3 = i16x8.sub(s07, s34);
  const evenLow = interleaveLow(e2, e3);
  const evenHigh = interleaveHigh(e2, e3);
  const round = v128.load(ROUND_15);
  shiftDivide(even2(evenLow, round), even2(evenHigh, round), reciprocals + 64, COEFFICIENTS + 32);
  shiftDivide(even6(evenLow, round), even6(evenHigh, round), reciprocals + 192, COEFFICIENTS + 96);

  const m7 = i16x8.sub(d0, d7);
  const m6 = i16x8.sub(d1, d6);
  const m5 = i16x8.sub(d2, d5);
  const m4 = i16x8.sub(d3, d4);
  const z3 = i16x8.add(m4, m6);
  const z4 = i16x8.add(m5, m7);
  const zLow = interleaveLow(z3, z4);
  const zHigh = interleaveHigh(z3, z4);
  const p3Low = i32x4.add(odd3(zLow), round);
  const p3High = i32x4.add(odd3(zHigh), round);
  const p4Low = i32x4.add(odd4(zLow), round);
  const p4High = i32x4.add(odd4(zHigh), round);
  const outerLow = interleaveLow(m4, m7);
  const outerHigh = interleaveHigh(m4, m7);
  const innerLow = interleaveLow(m5, m6);
  const innerHigh = interleaveHigh(m5, m6);
  shiftDivide(rotate7(outerLow, p3Low), rotate7(outerHigh, p3High), reciprocals + 224, COEFFICIENTS + 112);
  shiftDivide(rotate1(outerLow, p4Low), rotate1(outerHigh, p4High), reciprocals + 32, COEFFICIENTS + 16);
  shiftDivide(rotate5(innerLow, p4Low), rotate5(innerHigh, p4High), reciprocals + 160, COEFFICIENTS + 80);
  shiftDivide(rotate3(innerLow, p3Low), rotate3(innerHigh, p3High), reciprocals + 96, COEFFICIENTS + 48);
}

// @ts-ignore: decorator
@inline
function shiftDivide(low: v128, high: v128, reciprocals: usize, to: usize): void {
  divide(i32x4.shr_s(low, 15), i32x4.shr_s(high, 15), reciprocals, to);
}

// @ts-ignore: decorator
@inline
function divide(low: v128, high: v128, reciprocals: usize, to: usize): void {
  const rounder = v128.load(ROUNDER);
  const a = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(low), v128.load(reciprocals)), rounder);
  const b = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(high), v128.load(reciprocals, 16)), rounder);
  v128.store(to, i16x8.narrow_i32x4_s(i32x4.sub(a, rounder), i32x4.sub(b, rounder)));
}

/** Where the 16 bytes of each quarter of the zigzag come from, for each pair of rows that has any; 255 is none. */
const ZIGZAG = memory.data<u8>([
  0, 1, 8, 255, 9, 2, 3, 10, 255, 255, 255, 255, 255, 11, 4, 5,
  255, 255, 255, 0, 255, 255, 255, 255, 1, 8, 255, 9, 2, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 255, 255, 255, 255, 255,
  12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 13, 6, 7, 14, 255, 255,
  255, 3, 10, 255, 255, 255, 255, 255, 11, 4, 255, 255, 255, 255, 5, 12,
  255, 255, 255, 1, 8, 255, 9, 2, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 15, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 13, 6, 255, 7, 14, 255, 255, 255,
  3, 10, 255, 255, 255, 255, 11, 4, 255, 255, 255, 255, 255, 5, 12, 255,
  255, 255, 1, 8, 9, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 3,
  255, 255, 255, 255, 255, 15, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 13, 6, 255, 7, 14, 255, 255, 255, 255, 15, 255, 255, 255,
  10, 11, 4, 255, 255, 255, 255, 255, 5, 12, 13, 6, 255, 7, 14, 15,
], 16);

/** Bytes are ordered, not words: few coefficients are larger than a byte, and those are read again from their row. */
// @ts-ignore: decorator
@inline
function orderCoefficients(): u64 {
  const r01 = i8x16.narrow_i16x8_s(v128.load(COEFFICIENTS), v128.load(COEFFICIENTS, 16));
  const r23 = i8x16.narrow_i16x8_s(v128.load(COEFFICIENTS, 32), v128.load(COEFFICIENTS, 48));
  const r45 = i8x16.narrow_i16x8_s(v128.load(COEFFICIENTS, 64), v128.load(COEFFICIENTS, 80));
  const r67 = i8x16.narrow_i16x8_s(v128.load(COEFFICIENTS, 96), v128.load(COEFFICIENTS, 112));
  const k0 = v128.or(v128.or(pick(r01, 0), pick(r23, 1)), pick(r45, 2));
  const k1 = v128.or(v128.or(pick(r01, 3), pick(r23, 4)), v128.or(pick(r45, 5), pick(r67, 6)));
  const k2 = v128.or(v128.or(pick(r01, 7), pick(r23, 8)), v128.or(pick(r45, 9), pick(r67, 10)));
  const k3 = v128.or(v128.or(pick(r23, 11), pick(r45, 12)), pick(r67, 13));
  v128.store(ORDERED, i8x16.add(k0, i8x16.splat(64)));
  v128.store(ORDERED, i8x16.add(k1, i8x16.splat(64)), 16);
  v128.store(ORDERED, i8x16.add(k2, i8x16.splat(64)), 32);
  v128.store(ORDERED, i8x16.add(k3, i8x16.splat(64)), 48);
  const zeros = getZeros(k0) | (getZeros(k1) << 16) | (getZeros(k2) << 32) | (getZeros(k3) << 48);
  return ~zeros;
}

// @ts-ignore: decorator
@inline
function pick(rows: v128, map: usize): v128 {
  return i8x16.swizzle(rows, v128.load(ZIGZAG + (map << 4)));
}

// @ts-ignore: decorator
@inline
function getZeros(bytes: v128): u64 {
  return <u64>i8x16.bitmask(i8x16.eq(bytes, i64x2.splat(0)));
}
