import { high16, low16 } from './jpeg-decode-lanes';

// Where the coefficients of a block lie. Eight vectors hold pairs of rows: 0 and 4, 2 and 6, 1 and 7, 5 and 3; each pair has
// two vectors, of columns 0, 4, 2, 6 and of columns 1, 7, 5, 3. Both rows of a pair are interleaved: what `dot` multiplies
// needs no shuffling in the first pass of an inverse DCT, and its results only have to be transposed as 32-bit pairs of
// columns for the second. The decoder of the entropy-coded data writes them there, the steps are arranged to match.

/** Byte offset of zig-zag index k in a block; from 64 on, the place behind the block. */
export const PLACES: usize = memory.data<u8>([
  0, 16, 64, 32, 80, 8, 28, 72, 48, 98, 2, 114, 40, 92, 4, 24, 68, 60, 106, 18, 96, 34, 112, 10, 126, 36, 88, 12, 20, 76,
  56, 102, 30, 104, 50, 66, 82, 42, 124, 6, 122, 44, 84, 52, 110, 26, 100, 62, 74, 94, 38, 120, 14, 118, 22, 108, 58, 70,
  90, 46, 116, 54, 78, 86, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
]);

/** 64 steps of quantisation in natural order to the order of a block's coefficients. */
export function arrangeSteps(from: usize, to: usize): void {
  arrangeRows(from, 0, 4, to);
  arrangeRows(from, 2, 6, to + 32);
  arrangeRows(from, 1, 7, to + 64);
  arrangeRows(from, 5, 3, to + 96);
}

@inline
function arrangeRows(from: usize, first: usize, second: usize, to: usize): void {
  const columns = i8x16(0, 1, 8, 9, 4, 5, 12, 13, 2, 3, 14, 15, 10, 11, 6, 7);
  const a = v128.swizzle(v128.load(from + 16 * first), columns);
  const b = v128.swizzle(v128.load(from + 16 * second), columns);
  v128.store(to, low16(a, b));
  v128.store(to, high16(a, b), 16);
}
