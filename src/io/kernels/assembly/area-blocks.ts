import { halveColourRow } from './area-halve';

// Means of whole blocks of pixels, halves rounded up. Sums are integers, so their order is free. Loads of 16 bytes end
// with the pixels that are wanted and may begin up to 13 bytes before them, never after: those bytes are memory, and
// unused.

/** How many additions of two bytes each a signed 16-bit lane bears. */
const MAX_GROUPS: i32 = 64;

/**
 * RGB of `columns` x `rows` blocks of `stepX` x `stepY` pixels, all of which must exist. Steps are 1 to 90, so that the
 * mean is exact in f32 (their product stays below 2^13).
 */
export function areaBlocksColour(
  source: usize,
  sourcePitch: i32,
  target: usize,
  targetPitch: i32,
  columns: i32,
  rows: i32,
  stepX: i32,
  stepY: i32,
): void {
  const halve = stepX == 2 && stepY == 2;
  const scale: f32 = 1 / <f32>(stepX * stepY);
  const half = (stepX * stepY) >> 1;
  for (let row = 0; row < rows; row++) {
    if (halve) halveColourRow(source, source + <usize>sourcePitch, target, columns);
    else if (stepX == 4 && stepY == 4) quarterColourRow(source, sourcePitch, target, columns);
    else colourRow(source, sourcePitch, target, columns, stepX, stepY, half, scale);
    source += <usize>(stepY * sourcePitch);
    target += <usize>targetPitch;
  }
}

/** Grey; else as `areaBlocksColour`. */
export function areaBlocksGrey(
  source: usize,
  sourcePitch: i32,
  target: usize,
  targetPitch: i32,
  columns: i32,
  rows: i32,
  stepX: i32,
  stepY: i32,
): void {
  const halve = stepX == 2 && stepY == 2;
  const scale: f32 = 1 / <f32>(stepX * stepY);
  const half = (stepX * stepY) >> 1;
  for (let row = 0; row < rows; row++) {
    if (halve) halveGreyRow(source, source + <usize>sourcePitch, target, columns);
    else greyRow(source, sourcePitch, target, columns, stepX, stepY, half, scale);
    source += <usize>(stepY * sourcePitch);
    target += <usize>targetPitch;
  }
}

/** Four pixels as sums of two pairs a channel, 16 bits each: RR GG BB, and two lanes of nothing. */
// @ts-ignore: decorator
@inline
function sumFour(at: usize): v128 {
  const pairs = i8x16(4, 7, 10, 13, 5, 8, 11, 14, 6, 9, 12, 15, -1, -1, -1, -1);
  return i16x8.extadd_pairwise_i8x16_u(i8x16.swizzle(v128.load(at - 4), pairs));
}

/** One output pixel of 4 x 4 as three 32-bit levels. */
// @ts-ignore: decorator
@inline
function quarterOne(at: usize, pitch: usize): v128 {
  const upper = i16x8.add(sumFour(at), sumFour(at + pitch));
  const lower = i16x8.add(sumFour(at + 2 * pitch), sumFour(at + 3 * pitch));
  const sum = i32x4.extadd_pairwise_i16x8_s(i16x8.add(upper, lower));
  return i32x4.shr_u(i32x4.add(sum, i32x4.splat(8)), 4);
}

function quarterColourRow(source: usize, sourcePitch: i32, target: usize, columns: i32): void {
  const pitch = <usize>sourcePitch;
  const end = target + <usize>(3 * columns);
  for (const fast = end - 11; target < fast; target += 12, source += 48) {
    const two = i16x8.narrow_i32x4_s(quarterOne(source, pitch), quarterOne(source + 12, pitch));
    const more = i16x8.narrow_i32x4_s(quarterOne(source + 24, pitch), quarterOne(source + 36, pitch));
    storeFour(target, i8x16.narrow_i16x8_u(two, more));
  }
  for (; target < end; target += 3, source += 12) storeOne(target, quarterOne(source, pitch));
}

/** Stores 12 bytes: the first three of each lane. */
// @ts-ignore: decorator
@inline
function storeFour(target: usize, pixels: v128): void {
  const packed = i8x16.swizzle(pixels, i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1));
  v128.store64_lane(target, packed, 0);
  v128.store32_lane(target, packed, 2, 8);
}

// @ts-ignore: decorator
@inline
function storeOne(target: usize, pixel: v128): void {
  store<u8>(target, i32x4.extract_lane(pixel, 0));
  store<u8>(target, i32x4.extract_lane(pixel, 1), 1);
  store<u8>(target, i32x4.extract_lane(pixel, 2), 2);
}

function colourRow(
  source: usize,
  sourcePitch: i32,
  target: usize,
  columns: i32,
  stepX: i32,
  stepY: i32,
  half: i32,
  scale: f32,
): void {
  const groups = stepX >> 2;
  const rest = stepX & 3;
  const mask = v128.load(REST_MASKS + (<usize>rest << 4));
  // How many rows a 16-bit sum bears.
  const depth = MAX_GROUPS / (groups + 1);
  const width = <usize>(3 * stepX);
  const end = target + <usize>(3 * columns);
  for (; target < end; target += 3, source += width) {
    let total = i32x4.splat(0);
    let at = source;
    for (let row = 0; row < stepY; ) {
      let sum = i16x8.splat(0);
      for (const stop = min(stepY, row + depth); row < stop; row++, at += <usize>sourcePitch) {
        let x = at;
        for (const last = at + <usize>(12 * groups); x < last; x += 12) sum = i16x8.add(sum, sumFour(x));
        // A load that ends with the last of one to three pixels; the empty mask takes none of it.
        const tail = i8x16.swizzle(v128.load(at + width - 16), mask);
        sum = i16x8.add(sum, i16x8.extadd_pairwise_i8x16_u(tail));
      }
      total = i32x4.add(total, i32x4.extadd_pairwise_i16x8_s(sum));
    }
    storeOne(target, meanOf(total, half, scale));
  }
}

/**
 * floor((sum + half) / area) by a product: (2 (sum + half) + 1) / 2 area never lies within 1 / 2 area of a whole
 * number, which is more than f32 errs here. Half a level less, rounded to the nearest by adding 2^23, is the floor.
 */
// @ts-ignore: decorator
@inline
function meanOf(sum: v128, half: i32, scale: f32): v128 {
  const mean = f32x4.mul(f32x4.convert_i32x4_s(i32x4.add(sum, i32x4.splat(half))), f32x4.splat(scale));
  const lowered = f32x4.add(mean, f32x4.splat(<f32>0.5 * scale - <f32>0.5));
  return v128.and(f32x4.add(lowered, f32x4.splat(8388608)), i32x4.splat(255));
}

/** For zero to three pixels at the end of a load: their channels in pairs, as `sumFour` has them. */
const REST_MASKS: usize = memory.data<i8>(
  [
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    13, -1, -1, -1, 14, -1, -1, -1, 15, -1, -1, -1, -1, -1, -1, -1,
    10, 13, -1, -1, 11, 14, -1, -1, 12, 15, -1, -1, -1, -1, -1, -1,
    7, 10, 13, -1, 8, 11, 14, -1, 9, 12, 15, -1, -1, -1, -1, -1,
  ],
  16,
);

function halveGreyRow(upper: usize, lower: usize, target: usize, columns: i32): void {
  const end = target + <usize>columns;
  for (const fast = end - 15; target < fast; target += 16, upper += 32, lower += 32) {
    v128.store(target, i8x16.narrow_i16x8_u(halveEight(upper, lower), halveEight(upper + 16, lower + 16)));
  }
  for (; target < end; target++, upper += 2, lower += 2) {
    const sum = <u32>load<u8>(upper) + <u32>load<u8>(upper, 1) + <u32>load<u8>(lower) + <u32>load<u8>(lower, 1);
    store<u8>(target, (sum + 2) >> 2);
  }
}

// @ts-ignore: decorator
@inline
function halveEight(upper: usize, lower: usize): v128 {
  const above = i16x8.extadd_pairwise_i8x16_u(v128.load(upper));
  const below = i16x8.extadd_pairwise_i8x16_u(v128.load(lower));
  return i16x8.shr_u(i16x8.add(i16x8.add(above, below), i16x8.splat(2)), 2);
}

function greyRow(
  source: usize,
  sourcePitch: i32,
  target: usize,
  columns: i32,
  stepX: i32,
  stepY: i32,
  half: i32,
  scale: f32,
): void {
  const groups = stepX >> 4;
  // The last bytes of a load: as many as the rest has.
  const mask = v128.load(TAIL_MASK + <usize>(stepX & 15));
  const depth = MAX_GROUPS / (groups + 1);
  const end = target + <usize>columns;
  for (; target < end; target++, source += <usize>stepX) {
    let total = i32x4.splat(0);
    let at = source;
    for (let row = 0; row < stepY; ) {
      let sum = i16x8.splat(0);
      for (const stop = min(stepY, row + depth); row < stop; row++, at += <usize>sourcePitch) {
        let x = at;
        for (const last = at + <usize>(groups << 4); x < last; x += 16)
          sum = i16x8.add(sum, i16x8.extadd_pairwise_i8x16_u(v128.load(x)));
        const tail = v128.and(v128.load(at + <usize>stepX - 16), mask);
        sum = i16x8.add(sum, i16x8.extadd_pairwise_i8x16_u(tail));
      }
      total = i32x4.add(total, i32x4.extadd_pairwise_i16x8_s(sum));
    }
    const halves = i32x4.add(total, i8x16.shuffle(total, total, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    const all = i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
    store<u8>(target, i32x4.extract_lane(meanOf(i32x4.splat(all), half, scale), 0));
  }
}

/** Read from byte n on: n bytes of -1 at the end of 16. */
const TAIL_MASK: usize = memory.data<i8>(
  [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
  ],
  16,
);
