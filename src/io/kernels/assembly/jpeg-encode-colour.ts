// From interleaved RGB or grey rows to 8 x 8 blocks of samples, as libjpeg-turbo makes them: YCbCr in 16-bit fixed point
// (JFIF 1.02), edges filled with the last pixel, chroma of 4:2:0 averaged over 2 x 2 pixels with a bias of 1, 2, 1, 2 ...

/** Bytes of a block of samples: 8 rows of 8. A row of pixels spreads over as many blocks as it is wide. */
export const BLOCK: usize = 64;
/** Pixels that are converted at a time. */
export const GROUP: i32 = 16;

/**
 * Converts `width` RGB pixels, and repeats the last up to a whole group. Groups are written as two halves of 8 samples:
 * luma always into blocks, chroma with `chromaHalf` bytes from one half to the next (64 for blocks, 8 for a plain line).
 * `edge` is 48 bytes of scratch.
 */
export function convertRow(
  row: usize,
  width: i32,
  edge: usize,
  y: usize,
  cb: usize,
  cr: usize,
  chromaHalf: usize,
): void {
  let from = row;
  let left = width;
  let luma = y;
  let blue = cb;
  let red = cr;
  for (; left >= GROUP; left -= GROUP) {
    convertGroup(from, luma, blue, red, chromaHalf);
    from += 48;
    luma += 2 * BLOCK;
    blue += 2 * chromaHalf;
    red += 2 * chromaHalf;
  }
  if (left > 0) {
    fillEdge(from, left, edge);
    convertGroup(edge, luma, blue, red, chromaHalf);
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
function convertGroup(from: usize, y: usize, cb: usize, cr: usize, chromaHalf: usize): void {
  const first = v128.load(from);
  const second = v128.load(from, 12);
  const third = v128.load(from, 24);
  const fourth = v128.load(from, 32);
  // Pairs of 16 bits: red and green, blue and green.
  const rg0 = i8x16.swizzle(first, i8x16(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1));
  const bg0 = i8x16.swizzle(first, i8x16(2, -1, 1, -1, 5, -1, 4, -1, 8, -1, 7, -1, 11, -1, 10, -1));
  const rg1 = i8x16.swizzle(second, i8x16(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1));
  const bg1 = i8x16.swizzle(second, i8x16(2, -1, 1, -1, 5, -1, 4, -1, 8, -1, 7, -1, 11, -1, 10, -1));
  const rg2 = i8x16.swizzle(third, i8x16(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1));
  const bg2 = i8x16.swizzle(third, i8x16(2, -1, 1, -1, 5, -1, 4, -1, 8, -1, 7, -1, 11, -1, 10, -1));
  const rg3 = i8x16.swizzle(fourth, i8x16(4, -1, 5, -1, 7, -1, 8, -1, 10, -1, 11, -1, 13, -1, 14, -1));
  const bg3 = i8x16.swizzle(fourth, i8x16(6, -1, 5, -1, 9, -1, 8, -1, 12, -1, 11, -1, 15, -1, 14, -1));

  const luma = i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(getLuma(rg0, bg0), getLuma(rg1, bg1)),
    i16x8.narrow_i32x4_s(getLuma(rg2, bg2), getLuma(rg3, bg3)),
  );
  storeHalves(luma, y, BLOCK);
  const blue = i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(getBlue(rg0, bg0), getBlue(rg1, bg1)),
    i16x8.narrow_i32x4_s(getBlue(rg2, bg2), getBlue(rg3, bg3)),
  );
  storeHalves(blue, cb, chromaHalf);
  const red = i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(getRed(rg0, bg0), getRed(rg1, bg1)),
    i16x8.narrow_i32x4_s(getRed(rg2, bg2), getRed(rg3, bg3)),
  );
  storeHalves(red, cr, chromaHalf);
}

/** 0.299 R + 0.587 G + 0.114 B; the weight of green is too large for 16 bits and stands in both pairs. */
// @ts-ignore: decorator
@inline
function getLuma(rg: v128, bg: v128): v128 {
  const redGreen = i32x4.dot_i16x8_s(rg, i16x8(19595, 22086, 19595, 22086, 19595, 22086, 19595, 22086));
  const blueGreen = i32x4.dot_i16x8_s(bg, i16x8(7471, 16384, 7471, 16384, 7471, 16384, 7471, 16384));
  return i32x4.shr_s(i32x4.add(i32x4.add(redGreen, blueGreen), i32x4.splat(0x8000)), 16);
}

/** -0.16874 R - 0.33126 G + 0.5 B + 128, halves down. */
// @ts-ignore: decorator
@inline
function getBlue(rg: v128, bg: v128): v128 {
  const others = i32x4.dot_i16x8_s(rg, i16x8(-11059, -21709, -11059, -21709, -11059, -21709, -11059, -21709));
  const minusBlue = i32x4.dot_i16x8_s(bg, i16x8(-32768, 0, -32768, 0, -32768, 0, -32768, 0));
  return i32x4.shr_s(i32x4.add(i32x4.sub(others, minusBlue), i32x4.splat(0x807fff)), 16);
}

/** 0.5 R - 0.41869 G - 0.08131 B + 128, halves down. */
// @ts-ignore: decorator
@inline
function getRed(rg: v128, bg: v128): v128 {
  const others = i32x4.dot_i16x8_s(bg, i16x8(-5329, -27439, -5329, -27439, -5329, -27439, -5329, -27439));
  const minusRed = i32x4.dot_i16x8_s(rg, i16x8(-32768, 0, -32768, 0, -32768, 0, -32768, 0));
  return i32x4.shr_s(i32x4.add(i32x4.sub(others, minusRed), i32x4.splat(0x807fff)), 16);
}

// @ts-ignore: decorator
@inline
function storeHalves(samples: v128, at: usize, half: usize): void {
  v128.store_lane<u64>(at, samples, 0);
  v128.store_lane<u64>(at + half, samples, 1);
}

/** Spreads a grey row over blocks, and repeats its last pixel up to a whole group. */
export function copyGreyRow(row: usize, width: i32, y: usize): void {
  let to = y;
  let i = 0;
  for (; i + GROUP <= width; i += GROUP, to += 2 * BLOCK) storeHalves(v128.load(row + <usize>i), to, BLOCK);
  if (i == width) return;
  for (let k = 0; k < GROUP; k++) {
    const x = min(i + k, width - 1);
    store<u8>(to + <usize>((k >> 3) << 6) + <usize>(k & 7), load<u8>(row + <usize>x));
  }
}

/** Averages two lines of chroma in pairs, 16 samples to 8, into one row of `groups` blocks. */
export function averageLines(upper: usize, lower: usize, groups: i32, out: usize): void {
  let to = out;
  for (let g = 0; g < groups; g++, to += BLOCK) {
    const at = <usize>(g << 4);
    const sums = i16x8.add(
      i16x8.extadd_pairwise_i8x16_u(v128.load(upper + at)),
      i16x8.extadd_pairwise_i8x16_u(v128.load(lower + at)),
    );
    const means = i16x8.shr_u(i16x8.add(sums, i16x8(1, 2, 1, 2, 1, 2, 1, 2)), 2);
    v128.store_lane<u64>(to, i8x16.narrow_i16x8_u(means, means), 0);
  }
}

/** Copies one row of samples of `blocks` blocks to the place of another row. */
export function repeatRow(from: usize, to: usize, blocks: i32): void {
  for (let b = 0; b < blocks; b++) store<u64>(to + ((<usize>b) << 6), load<u64>(from + ((<usize>b) << 6)));
}
