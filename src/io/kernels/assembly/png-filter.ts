// PNG row filters (PNG 1.2 section 6) over a whole row at once: what is written depends on source bytes alone, so that 16 of
// them are done together. No byte outside the two rows is read.

import { isSameRow } from './same-row';

/** Filter types as a PNG stores them. */
export const SUB: i32 = 1;
export const UP: i32 = 2;
export const PAETH: i32 = 4;

/**
 * Filters `length` bytes of `row` into `out`. `above` is the row before, or zeros; `step` is bytes a pixel, 1 or 3.
 * The last full vector ends with the row and overlaps the one before it.
 */
export function filterRow(filter: i32, row: usize, above: usize, out: usize, length: i32, step: i32): void {
  // Both of these then predict the byte above: with a = c, Paeth's is b.
  if (filter != SUB && isSameRow(row, above, length)) {
    memory.fill(out, 0, <usize>length);
    return;
  }
  if (filter == PAETH) {
    if (step == 3) paethRow3(row, above, out, length);
    else paethRow1(row, above, out, length);
  } else if (filter == UP) upRow(row, above, out, length);
  else subRow(row, out, length, step);
}

function paethRow3(row: usize, above: usize, out: usize, length: i32): void {
  if (length < 19) return paethShort(row, above, out, length, 3);
  const x = v128.load(row);
  const b = v128.load(above);
  const zero = i64x2.splat(0);
  const left = i8x16.shuffle(zero, x, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
  const corner = i8x16.shuffle(zero, b, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
  v128.store(out, i8x16.sub(x, paeth(left, b, corner)));
  const last = length - 16;
  for (let i = 16; i < last; i += 16) paethVector(row + <usize>i, above + <usize>i, out + <usize>i, 3);
  paethVector(row + <usize>last, above + <usize>last, out + <usize>last, 3);
}

function paethRow1(row: usize, above: usize, out: usize, length: i32): void {
  if (length < 17) return paethShort(row, above, out, length, 1);
  const x = v128.load(row);
  const b = v128.load(above);
  const zero = i64x2.splat(0);
  const left = i8x16.shuffle(zero, x, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const corner = i8x16.shuffle(zero, b, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  v128.store(out, i8x16.sub(x, paeth(left, b, corner)));
  const last = length - 16;
  for (let i = 16; i < last; i += 16) paethVector(row + <usize>i, above + <usize>i, out + <usize>i, 1);
  paethVector(row + <usize>last, above + <usize>last, out + <usize>last, 1);
}

// @ts-ignore: decorator
@inline
function paethVector(row: usize, above: usize, out: usize, step: usize): void {
  const predicted = paeth(v128.load(row - step), v128.load(above), v128.load(above - step));
  v128.store(out, i8x16.sub(v128.load(row), predicted));
}

/**
 * The predictor on bytes. With pa = |b - c| and pb = |a - c|, pc is pa + pb where b - c and a - c have one sign and
 * |pa - pb| where they don't; a saturated sum compares like the true one.
 */
// @ts-ignore: decorator
@inline
function paeth(a: v128, b: v128, c: v128): v128 {
  const bLow = i8x16.min_u(b, c);
  const aLow = i8x16.min_u(a, c);
  const pa = i8x16.sub(i8x16.max_u(b, c), bLow);
  const pb = i8x16.sub(i8x16.max_u(a, c), aLow);
  const nearer = i8x16.min_u(pa, pb);
  // One sign, or a difference of 0 that both cases serve: the smaller of a, c is c exactly when that of b, c is.
  const opposite = v128.xor(i8x16.eq(aLow, c), i8x16.eq(bLow, c));
  const gap = i8x16.sub(i8x16.max_u(pa, pb), nearer);
  // With one sign pc is at least pa and pb: c is never the nearest.
  const takesC = v128.andnot(opposite, i8x16.eq(i8x16.max_u(gap, nearer), gap));
  return v128.bitselect(c, v128.bitselect(a, b, i8x16.eq(nearer, pa)), takesC);
}

function paethShort(row: usize, above: usize, out: usize, length: i32, step: i32): void {
  for (let i = 0; i < length; i++) {
    const at = <usize>i;
    const b = <i32>load<u8>(above + at);
    const a = i < step ? 0 : <i32>load<u8>(row + at - <usize>step);
    const c = i < step ? 0 : <i32>load<u8>(above + at - <usize>step);
    const pa = abs(b - c);
    const pb = abs(a - c);
    const pc = abs(a + b - 2 * c);
    const predicted = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    store<u8>(out + at, <i32>load<u8>(row + at) - predicted);
  }
}

function upRow(row: usize, above: usize, out: usize, length: i32): void {
  let i = 0;
  for (; i + 16 <= length; i += 16) {
    const at = <usize>i;
    v128.store(out + at, i8x16.sub(v128.load(row + at), v128.load(above + at)));
  }
  for (; i < length; i++) {
    const at = <usize>i;
    store<u8>(out + at, load<u8>(row + at) - load<u8>(above + at));
  }
}

function subRow(row: usize, out: usize, length: i32, step: i32): void {
  const first = min(step, length);
  for (let i = 0; i < first; i++) store<u8>(out + <usize>i, load<u8>(row + <usize>i));
  let i = step;
  for (; i + 16 <= length; i += 16) {
    const at = <usize>i;
    v128.store(out + at, i8x16.sub(v128.load(row + at), v128.load(row + at - <usize>step)));
  }
  for (; i < length; i++) {
    const at = <usize>i;
    store<u8>(out + at, load<u8>(row + at) - load<u8>(row + at - <usize>step));
  }
}
