// From interleaved RGB or grey rows to 8 x 8 blocks of samples, as libjpeg-turbo makes them: YCbCr in 16-bit fixed point
// (JFIF 1.02), edges filled with the last pixel, chroma of 4:2:0 averaged over 2 x 2 pixels with a bias of 1, 2, 1, 2 ...
//
// Blocks are laid out for the transform. Rows go in pairs (`PAIR` bytes), which lie in the order (0, 1), (3, 2), (7, 6),
// (4, 5); of each pair come samples 0 and 1 of the one row and of the other, then those of columns (3, 2), (4, 5), (7, 6).
// A line is one row of 16 samples a group, each 8 of them with columns in this order; `pairLines` makes pairs of two.

/** Bytes of a block of samples, and of two of its rows. */
export const BLOCK: usize = 64;
export const PAIR: usize = 16;
/** Pixels that are converted at a time. */
export const GROUP: i32 = 16;
/** Pixels of which a group may be read where it lies: more is read than it has. */
const WHOLE: i32 = 18;
/** Bytes of less than `WHOLE` pixels with what is read behind them. */
export const EDGE: usize = 64;
/** Bytes of a group of chroma before its means are taken. */
export const SUMS: usize = 64;

// Loops end with their condition: then the engine's compiler makes masks before the loop, and not each time. Other constants
// are loaded.

/** For luma and minus chroma from (R - G, B - G): 0.299, 0.114; 0.16874, -0.5; -0.5, 0.08131. */
const LUMA = memory.data<i16>([19595, 7471, 19595, 7471, 19595, 7471, 19595, 7471], 16);
const BLUE = memory.data<i16>([11059, -32768, 11059, -32768, 11059, -32768, 11059, -32768], 16);
const RED = memory.data<i16>([-32768, 5329, -32768, 5329, -32768, 5329, -32768, 5329], 16);
const HALF = memory.data<i32>([0x8000, 0x8000, 0x8000, 0x8000], 16);
/** 128, and a half less one. */
const MIDDLE = memory.data<i32>([0x807fff, 0x807fff, 0x807fff, 0x807fff], 16);
/** The same with what the means of chroma are rounded by: 1 and 2 in turn. */
const BIASED = memory.data<i32>([0x817fff, 0x807fff, 0x827fff, 0x807fff], 16);

/**
 * Converts the first of two rows of RGB of which chroma is halved both ways: `width` pixels, the last repeated up to a whole
 * group. Luma becomes a line; chroma is kept as it is, in `SUMS` bytes of 16-bit samples for each group. `edge` is `EDGE` bytes
 * of scratch.
 */
export function convertFirst(row: usize, width: i32, edge: usize, luma: usize, sums: usize): void {
  let from = row;
  let to = luma;
  let sum = sums;
  let left = width;
  do {
    if (left < WHOLE) from = copyEdge(from, left, edge);
    const g0 = pickGreen(from);
    const g1 = pickGreen(from + 12);
    const g2 = pickGreen(from + 24);
    const g3 = pickGreen(from + 36);
    const d0 = i16x8.sub(pickRedBlue(from), g0);
    const d1 = i16x8.sub(pickRedBlue(from + 12), g1);
    const d2 = i16x8.sub(pickRedBlue(from + 24), g2);
    const d3 = i16x8.sub(pickRedBlue(from + 36), g3);
    v128.store(to, arrange(getLuma(d0, d1, g0, g1), getLuma(d2, d3, g2, g3)));
    const biased = v128.load(BIASED);
    const blue = v128.load(BLUE);
    v128.store(sum, getChroma(d0, d2, blue, biased));
    v128.store(sum, getChroma(d1, d3, blue, biased), 16);
    const red = v128.load(RED);
    v128.store(sum, getChroma(d0, d2, red, biased), 32);
    v128.store(sum, getChroma(d1, d3, red, biased), 48);
    from += 48;
    to += 16;
    sum += SUMS;
    left -= GROUP;
  } while (left > 0);
}

/**
 * Converts the second row, and finishes both: pairs of luma of the two blocks from `to` on, and of the next two `step` bytes
 * behind; a line of 8 blue and 8 red means for each group.
 */
export function convertSecond(
  row: usize, width: i32, edge: usize, luma: usize, sums: usize, to: usize, step: usize, line: usize,
): void {
  let from = row;
  let first = luma;
  let sum = sums;
  let pair = to;
  let chroma = line;
  let left = width;
  do {
    if (left < WHOLE) from = copyEdge(from, left, edge);
    const g0 = pickGreen(from);
    const g1 = pickGreen(from + 12);
    const g2 = pickGreen(from + 24);
    const g3 = pickGreen(from + 36);
    const d0 = i16x8.sub(pickRedBlue(from), g0);
    const d1 = i16x8.sub(pickRedBlue(from + 12), g1);
    const d2 = i16x8.sub(pickRedBlue(from + 24), g2);
    const d3 = i16x8.sub(pickRedBlue(from + 36), g3);
    const above = v128.load(first);
    const here = arrange(getLuma(d0, d1, g0, g1), getLuma(d2, d3, g2, g3));
    v128.store(pair, pairLow(above, here));
    v128.store(pair, pairHigh(above, here), BLOCK);
    const middle = v128.load(MIDDLE);
    const blue = v128.load(BLUE);
    const means = getMeans(
      i16x8.add(v128.load(sum), getChroma(d0, d2, blue, middle)),
      i16x8.add(v128.load(sum, 16), getChroma(d1, d3, blue, middle)),
    );
    const red = v128.load(RED);
    const redMeans = getMeans(
      i16x8.add(v128.load(sum, 32), getChroma(d0, d2, red, middle)),
      i16x8.add(v128.load(sum, 48), getChroma(d1, d3, red, middle)),
    );
    v128.store(chroma, arrange(means, redMeans));
    from += 48;
    first += 16;
    sum += SUMS;
    pair += step;
    chroma += 16;
    left -= GROUP;
  } while (left > 0);
}

/** Converts a row of RGB into lines of luma, blue and red. */
export function convertRow(row: usize, width: i32, edge: usize, y: usize, cb: usize, cr: usize): void {
  let from = row;
  let at: usize = 0;
  let left = width;
  do {
    if (left < WHOLE) from = copyEdge(from, left, edge);
    const g0 = pickGreen(from);
    const g1 = pickGreen(from + 12);
    const g2 = pickGreen(from + 24);
    const g3 = pickGreen(from + 36);
    const d0 = i16x8.sub(pickRedBlue(from), g0);
    const d1 = i16x8.sub(pickRedBlue(from + 12), g1);
    const d2 = i16x8.sub(pickRedBlue(from + 24), g2);
    const d3 = i16x8.sub(pickRedBlue(from + 36), g3);
    v128.store(y + at, arrange(getLuma(d0, d1, g0, g1), getLuma(d2, d3, g2, g3)));
    const middle = v128.load(MIDDLE);
    const blue = v128.load(BLUE);
    v128.store(cb + at, arrange(getChroma(d0, d1, blue, middle), getChroma(d2, d3, blue, middle)));
    const red = v128.load(RED);
    v128.store(cr + at, arrange(getChroma(d0, d1, red, middle), getChroma(d2, d3, red, middle)));
    at += 16;
    from += 48;
    left -= GROUP;
  } while (left > 0);
}

/** The end of a row where more may be read than it has, its last pixel repeated up to a whole group. @returns `edge` */
function copyEdge(from: usize, pixels: i32, edge: usize): usize {
  if (pixels == GROUP) {
    v128.store(edge, v128.load(from));
    v128.store(edge, v128.load(from, 16), 16);
    v128.store(edge, v128.load(from, 32), 32);
    return edge;
  }
  const bytes = <usize>pixels * 3;
  memory.copy(edge, from, bytes);
  for (let at = bytes; at < 48; at++) store<u8>(edge + at, load<u8>(edge + at - 3));
  return edge;
}

/** Of 4 pixels, red and blue of each as a pair of 16 bits. */
// @ts-ignore: decorator
@inline
function pickRedBlue(from: usize): v128 {
  return i8x16.swizzle(v128.load(from), i8x16(0, -1, 2, -1, 3, -1, 5, -1, 6, -1, 8, -1, 9, -1, 11, -1));
}

/** Twice the green of 4 pixels. */
// @ts-ignore: decorator
@inline
function pickGreen(from: usize): v128 {
  return i8x16.swizzle(v128.load(from), i8x16(1, -1, 1, -1, 4, -1, 4, -1, 7, -1, 7, -1, 10, -1, 10, -1));
}

/** G + 0.299 (R - G) + 0.114 (B - G) = 0.299 R + 0.587 G + 0.114 B, of 4 pixels and of 4 others in turn. */
// @ts-ignore: decorator
@inline
function getLuma(d0: v128, d1: v128, g0: v128, g1: v128): v128 {
  const weights = v128.load(LUMA);
  const half = v128.load(HALF);
  const one = i32x4.add(i32x4.dot_i16x8_s(d0, weights), half);
  const other = i32x4.add(i32x4.dot_i16x8_s(d1, weights), half);
  return i16x8.add(takeUpper(one, other), takeTurns(g0, g1));
}

/** Weights of chroma add up to 0: -0.16874 R - 0.33126 G + 0.5 B + 128, 0.5 R - 0.41869 G - 0.08131 B + 128, halves down. */
// @ts-ignore: decorator
@inline
function getChroma(d0: v128, d1: v128, weights: v128, middle: v128): v128 {
  const one = i32x4.sub(middle, i32x4.dot_i16x8_s(d0, weights));
  return takeUpper(one, i32x4.sub(middle, i32x4.dot_i16x8_s(d1, weights)));
}

/** Means of neighbours as 8 samples, 0 to 3 and 4 to 7 in turn, from sums down pixels 0 to 3 and 8 to 11, and the others. */
// @ts-ignore: decorator
@inline
function getMeans(left: v128, right: v128): v128 {
  const sums = i16x8.add(i32x4.shuffle(left, right, 0, 2, 4, 6), i32x4.shuffle(left, right, 1, 3, 5, 7));
  return i16x8.shr_u(sums, 2);
}

/** The upper halves of the lanes of both in turn. */
// @ts-ignore: decorator
@inline
function takeUpper(a: v128, b: v128): v128 {
  return takeTurns(i32x4.shr_u(a, 16), b);
}

/** Even lanes of the one, odd lanes of the other. */
// @ts-ignore: decorator
@inline
function takeTurns(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 9, 2, 11, 4, 13, 6, 15);
}

/** Two rows of 8 samples, 0 to 3 and 4 to 7 of each in turn, as bytes of a line. */
// @ts-ignore: decorator
@inline
function arrange(a: v128, b: v128): v128 {
  return i8x16.swizzle(i8x16.narrow_i16x8_u(a, b), i8x16(0, 2, 6, 4, 1, 3, 7, 5, 8, 10, 14, 12, 9, 11, 15, 13));
}

/** A line of a grey row, its last pixel repeated up to a whole group. */
export function copyGreyRow(row: usize, width: i32, edge: usize, line: usize): void {
  let from = row;
  let to = line;
  let left = width;
  do {
    if (left < GROUP) {
      for (let i = 0; i < GROUP; i++) store<u8>(edge + <usize>i, load<u8>(from + <usize>min(i, left - 1)));
      from = edge;
    }
    v128.store(to, i8x16.swizzle(v128.load(from), i8x16(0, 1, 3, 2, 4, 5, 7, 6, 8, 9, 11, 10, 12, 13, 15, 14)));
    from += 16;
    to += 16;
    left -= GROUP;
  } while (left > 0);
}

/** Makes pairs of two lines: the first 8 samples of each group go to `to`, the others to `next`, `step` bytes on each time. */
export function pairLines(first: usize, second: usize, groups: i32, to: usize, next: usize, step: usize): void {
  const distance = next - to;
  const end = first + (<usize>groups << 4);
  let other = second;
  let at = to;
  for (let one = first; one < end; one += 16, other += 16, at += step) {
    const a = v128.load(one);
    const b = v128.load(other);
    v128.store(at, pairLow(a, b));
    v128.store(at + distance, pairHigh(a, b));
  }
}

/** Copies pairs of two blocks and the next, the rows of each exchanged. */
export function repeatPairs(from: usize, groups: i32, to: usize, step: usize): void {
  let source = from;
  let target = to;
  for (let i = 0; i < groups; i++, source += step, target += step) {
    v128.store(target, exchange(v128.load(source)));
    v128.store(target, exchange(v128.load(source, BLOCK)), BLOCK);
  }
}

// @ts-ignore: decorator
@inline
function exchange(pair: v128): v128 {
  return v128.or(i32x4.shl(pair, 16), i32x4.shr_u(pair, 16));
}

// @ts-ignore: decorator
@inline
function pairLow(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline
function pairHigh(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
