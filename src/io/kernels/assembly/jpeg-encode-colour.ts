// From interleaved RGB or grey rows to 8 x 8 blocks of samples, as libjpeg-turbo makes them: YCbCr in 16-bit fixed point
// (JFIF 1.02), edges filled with the last pixel, chroma of 4:2:0 averaged over 2 x 2 pixels with a bias of 1, 2, 1, 2 ...

/** Bytes of a block of samples: 8 rows of 8. A row of pixels spreads over as many blocks as it is wide. */
export const BLOCK: usize = 64;
/** Pixels that are converted at a time. */
export const GROUP: i32 = 16;

// Constants are loaded: the engine makes a vector of four or five instructions wherever one stands in the code.

/** Of four pixels, red and blue of each as a pair of 16 bits; then twice the green. The same for those that end a vector. */
const PAIRS = memory.data<u8>([
  0, 255, 2, 255, 3, 255, 5, 255, 6, 255, 8, 255, 9, 255, 11, 255,
  1, 255, 1, 255, 4, 255, 4, 255, 7, 255, 7, 255, 10, 255, 10, 255,
  4, 255, 6, 255, 7, 255, 9, 255, 10, 255, 12, 255, 13, 255, 15, 255,
  5, 255, 5, 255, 8, 255, 8, 255, 11, 255, 11, 255, 14, 255, 14, 255,
], 16);
/** For luma and minus chroma from (R - G, B - G): 0.299, 0.114; 0.16874, -0.5; -0.5, 0.08131. */
const LUMA = memory.data<i16>([19595, 7471, 19595, 7471, 19595, 7471, 19595, 7471], 16);
const BLUE = memory.data<i16>([11059, -32768, 11059, -32768, 11059, -32768, 11059, -32768], 16);
const RED = memory.data<i16>([-32768, 5329, -32768, 5329, -32768, 5329, -32768, 5329], 16);
const ONES = memory.data<i16>([1, 1, 1, 1, 1, 1, 1, 1], 16);
const GREEN = memory.data<i32>([-65536, -65536, -65536, -65536], 16);
const HALF = memory.data<i32>([0x8000, 0x8000, 0x8000, 0x8000], 16);
/** 128, and a half less one. */
const MIDDLE = memory.data<i32>([0x807fff, 0x807fff, 0x807fff, 0x807fff], 16);
/** The same with what the means of chroma are rounded by: 1 and 2 in turn. */
const BIASED = memory.data<i32>([0x817fff, 0x807fff, 0x827fff, 0x807fff], 16);

/** Converts `width` RGB pixels into blocks, and repeats the last up to a whole group. `edge` is 48 bytes of scratch. */
export function convertRow(row: usize, width: i32, edge: usize, y: usize, cb: usize, cr: usize): void {
  let at: usize = 0;
  let from = row;
  for (let left = width; left > 0; left -= GROUP, at += 2 * BLOCK, from += 48) {
    if (left < GROUP) {
      fillEdge(from, left, edge);
      from = edge;
    }
    convertGroup(from, y + at, cb + at, cr + at);
  }
}

/**
 * Converts the upper of two rows of which chroma is halved both ways: luma into blocks, and of chroma 8 sums of two
 * neighbours (16 bits) for each group, blue and then red.
 */
export function convertUpperRow(row: usize, width: i32, edge: usize, y: usize, sums: usize): void {
  let to = y;
  let line = sums;
  let from = row;
  for (let left = width; left > 0; left -= GROUP, to += 2 * BLOCK, line += 32, from += 48) {
    if (left < GROUP) {
      fillEdge(from, left, edge);
      from = edge;
    }
    const g0 = pickGreen(from, 0);
    const g1 = pickGreen(from + 12, 0);
    const g2 = pickGreen(from + 24, 0);
    const g3 = pickGreen(from + 32, 32);
    const d0 = i16x8.sub(pickRedBlue(from, 0), g0);
    const d1 = i16x8.sub(pickRedBlue(from + 12, 0), g1);
    const d2 = i16x8.sub(pickRedBlue(from + 24, 0), g2);
    const d3 = i16x8.sub(pickRedBlue(from + 32, 32), g3);
    storeHalves(narrow(getLuma(d0, g0), getLuma(d1, g1), getLuma(d2, g2), getLuma(d3, g3)), to);
    v128.store(line, sumChroma(d0, d1, d2, d3, v128.load(BLUE), v128.load(BIASED)));
    v128.store(line, sumChroma(d0, d1, d2, d3, v128.load(RED), v128.load(BIASED)), 16);
  }
}

/** Converts the lower row and stores the means of chroma into rows of blocks. */
export function convertLowerRow(row: usize, width: i32, edge: usize, y: usize, sums: usize, cb: usize, cr: usize): void {
  let at: usize = 0;
  let line = sums;
  let from = row;
  for (let left = width; left > 0; left -= GROUP, at += BLOCK, line += 32, from += 48) {
    if (left < GROUP) {
      fillEdge(from, left, edge);
      from = edge;
    }
    const g0 = pickGreen(from, 0);
    const g1 = pickGreen(from + 12, 0);
    const g2 = pickGreen(from + 24, 0);
    const g3 = pickGreen(from + 32, 32);
    const d0 = i16x8.sub(pickRedBlue(from, 0), g0);
    const d1 = i16x8.sub(pickRedBlue(from + 12, 0), g1);
    const d2 = i16x8.sub(pickRedBlue(from + 24, 0), g2);
    const d3 = i16x8.sub(pickRedBlue(from + 32, 32), g3);
    storeHalves(narrow(getLuma(d0, g0), getLuma(d1, g1), getLuma(d2, g2), getLuma(d3, g3)), y + 2 * at);
    storeMeans(v128.load(line), sumChroma(d0, d1, d2, d3, v128.load(BLUE), v128.load(MIDDLE)), cb + at);
    storeMeans(v128.load(line, 16), sumChroma(d0, d1, d2, d3, v128.load(RED), v128.load(MIDDLE)), cr + at);
  }
}

function fillEdge(from: usize, pixels: i32, edge: usize): void {
  const bytes = <usize>pixels * 3;
  memory.copy(edge, from, bytes);
  for (let at = bytes; at < 48; at++) store<u8>(edge + at, load<u8>(edge + at - 3));
}

/** 16 pixels, read as four times 4: the last four end with what was loaded, so that nothing behind them is read. */
// @ts-ignore: decorator
@inline
function convertGroup(from: usize, y: usize, cb: usize, cr: usize): void {
  const g0 = pickGreen(from, 0);
  const g1 = pickGreen(from + 12, 0);
  const g2 = pickGreen(from + 24, 0);
  const g3 = pickGreen(from + 32, 32);
  const d0 = i16x8.sub(pickRedBlue(from, 0), g0);
  const d1 = i16x8.sub(pickRedBlue(from + 12, 0), g1);
  const d2 = i16x8.sub(pickRedBlue(from + 24, 0), g2);
  const d3 = i16x8.sub(pickRedBlue(from + 32, 32), g3);
  storeHalves(narrow(getLuma(d0, g0), getLuma(d1, g1), getLuma(d2, g2), getLuma(d3, g3)), y);
  const middle = v128.load(MIDDLE);
  const blue = v128.load(BLUE);
  storeHalves(
    narrow(
      getChroma(d0, blue, middle),
      getChroma(d1, blue, middle),
      getChroma(d2, blue, middle),
      getChroma(d3, blue, middle),
    ),
    cb,
  );
  const red = v128.load(RED);
  storeHalves(
    narrow(
      getChroma(d0, red, middle),
      getChroma(d1, red, middle),
      getChroma(d2, red, middle),
      getChroma(d3, red, middle),
    ),
    cr,
  );
}

// @ts-ignore: decorator
@inline
function pickRedBlue(from: usize, kind: usize): v128 {
  return i8x16.swizzle(v128.load(from), v128.load(PAIRS + kind));
}

// @ts-ignore: decorator
@inline
function pickGreen(from: usize, kind: usize): v128 {
  return i8x16.swizzle(v128.load(from), v128.load(PAIRS + kind + 16));
}

/** G + 0.299 (R - G) + 0.114 (B - G) = 0.299 R + 0.587 G + 0.114 B. */
// @ts-ignore: decorator
@inline
function getLuma(differences: v128, greens: v128): v128 {
  const sum = i32x4.add(i32x4.dot_i16x8_s(differences, v128.load(LUMA)), v128.load(HALF));
  return i32x4.shr_s(i32x4.add(sum, v128.and(greens, v128.load(GREEN))), 16);
}

/** Weights of chroma add up to 0: -0.16874 R - 0.33126 G + 0.5 B + 128, 0.5 R - 0.41869 G - 0.08131 B + 128, halves down. */
// @ts-ignore: decorator
@inline
function getChroma(differences: v128, weights: v128, middle: v128): v128 {
  return i32x4.shr_s(i32x4.sub(middle, i32x4.dot_i16x8_s(differences, weights)), 16);
}

/** Chroma of 16 pixels, neighbours added. */
// @ts-ignore: decorator
@inline
function sumChroma(d0: v128, d1: v128, d2: v128, d3: v128, weights: v128, middle: v128): v128 {
  const ones = v128.load(ONES);
  const left = i16x8.narrow_i32x4_s(getChroma(d0, weights, middle), getChroma(d1, weights, middle));
  const right = i16x8.narrow_i32x4_s(getChroma(d2, weights, middle), getChroma(d3, weights, middle));
  return i16x8.narrow_i32x4_s(i32x4.dot_i16x8_s(left, ones), i32x4.dot_i16x8_s(right, ones));
}

// @ts-ignore: decorator
@inline
function storeMeans(upper: v128, lower: v128, to: usize): void {
  const means = i16x8.shr_u(i16x8.add(upper, lower), 2);
  v128.store_lane<u64>(to, i8x16.narrow_i16x8_u(means, means), 0);
}

// @ts-ignore: decorator
@inline
function narrow(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** 16 samples into two blocks. */
// @ts-ignore: decorator
@inline
function storeHalves(samples: v128, at: usize): void {
  v128.store_lane<u64>(at, samples, 0);
  v128.store_lane<u64>(at + BLOCK, samples, 1);
}

/** Spreads a grey row over blocks, and repeats its last pixel up to a whole group. */
export function copyGreyRow(row: usize, width: i32, y: usize): void {
  let to = y;
  let i = 0;
  for (; i + GROUP <= width; i += GROUP, to += 2 * BLOCK) storeHalves(v128.load(row + <usize>i), to);
  if (i == width) return;
  for (let k = 0; k < GROUP; k++) {
    const x = min(i + k, width - 1);
    store<u8>(to + <usize>((k >> 3) << 6) + <usize>(k & 7), load<u8>(row + <usize>x));
  }
}

/** Copies one row of samples of `blocks` blocks to the place of another row. */
export function repeatRow(from: usize, to: usize, blocks: i32): void {
  for (let b = 0; b < blocks; b++) store<u64>(to + ((<usize>b) << 6), load<u64>(from + ((<usize>b) << 6)));
}
