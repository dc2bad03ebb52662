// The pixels along edges that OpenCV's fillPoly paints, as bits. The plain version, which explains the rule, is
// preprocessing/xml-to-mask/kernels/outline-lines.ts.

import { setBit } from './mask-bits';

/**
 * Sets the pixels along the `count` lines between the points at `points` and the ones that follow them, x and y as i32, at
 * most 2^29 from 0. The mask has `maskWidth` x `maskHeight` pixels. Its window, whose rows begin every `pitch` bytes from
 * `bits` on, begins in column `left` and row `top` and has `width` columns and `rows` rows.
 */
export function drawMaskLines(
  points: usize,
  count: i32,
  bits: usize,
  pitch: i32,
  left: i32,
  top: i32,
  width: i32,
  rows: i32,
  maskWidth: i32,
  maskHeight: i32,
): void {
  let x1 = load<i32>(points);
  let y1 = load<i32>(points, 4);
  for (const end = points + ((<usize>count) << 3); points < end; ) {
    points += 8;
    let x0 = x1;
    let y0 = y1;
    x1 = load<i32>(points);
    y1 = load<i32>(points, 4);
    const last = top + rows;
    if ((y0 < top && y1 < top) || (y0 >= last && y1 >= last)) continue;
    const first = sideOf(x0, y0, maskWidth, maskHeight);
    const second = sideOf(x1, y1, maskWidth, maskHeight);
    if ((first | second) == 0) drawLine(bits, pitch, width, rows, x0 - left, y0 - top, x1 - left, y1 - top);
    else if ((first & second) == 0) drawCut(bits, pitch, left, top, width, rows, x0, y0, x1, y1, maskWidth, maskHeight);
  }
}

/** Draws what is left of a line cut at the mask's border, at its rows before its columns. */
function drawCut(
  bits: usize,
  pitch: i32,
  left: i32,
  top: i32,
  width: i32,
  rows: i32,
  x0: i32,
  y0: i32,
  x1: i32,
  y1: i32,
  maskWidth: i32,
  maskHeight: i32,
): void {
  if (y0 < 0 || y0 >= maskHeight) {
    const border = y0 < 0 ? 0 : maskHeight - 1;
    x0 += scale(border - y0, x1 - x0, y1 - y0);
    y0 = border;
  }
  if (y1 < 0 || y1 >= maskHeight) {
    const border = y1 < 0 ? 0 : maskHeight - 1;
    x1 += scale(border - y1, x1 - x0, y1 - y0);
    y1 = border;
  }
  if ((sideOf(x0, y0, maskWidth, maskHeight) & sideOf(x1, y1, maskWidth, maskHeight)) != 0) return;
  if (x0 < 0 || x0 >= maskWidth) {
    const border = x0 < 0 ? 0 : maskWidth - 1;
    y0 += scale(border - x0, y1 - y0, x1 - x0);
    x0 = border;
  }
  if (x1 < 0 || x1 >= maskWidth) {
    const border = x1 < 0 ? 0 : maskWidth - 1;
    y1 += scale(border - x1, y1 - y0, x1 - x0);
    x1 = border;
  }
  drawLine(bits, pitch, width, rows, x0 - left, y0 - top, x1 - left, y1 - top);
}

/** a * b / c, cut towards zero. */
function scale(a: i32, b: i32, c: i32): i32 {
  return <i32>((<i64>a * <i64>b) / <i64>c);
}

/** On which sides of the mask a point lies: 1 left, 2 right, 4 above, 8 below. */
// @ts-ignore: decorator
@inline
function sideOf(x: i32, y: i32, width: i32, height: i32): i32 {
  return <i32>(x < 0) | (<i32>(x >= width) << 1) | (<i32>(y < 0) << 2) | (<i32>(y >= height) << 3);
}

/** Draws what of a line lies in the window: from left to right, one pixel a step along the longer axis. */
function drawLine(bits: usize, pitch: i32, width: i32, rows: i32, x0: i32, y0: i32, x1: i32, y1: i32): void {
  const back = x1 < x0;
  const x = back ? x1 : x0;
  const y = back ? y1 : y0;
  const dx = back ? x0 - x1 : x1 - x0;
  const down = back ? y0 - y1 : y1 - y0;
  const up = down < 0;
  const dy = abs(down);
  // Steps to the right, and steps down or up, that lie in the window.
  const firstRight = max(0, -x);
  const lastRight = min(dx, width - 1 - x);
  const firstDown = max(0, up ? y - (rows - 1) : -y);
  const lastDown = min(dy, up ? y : rows - 1 - y);
  if (firstRight > lastRight || firstDown > lastDown) return;
  const steep = dy > dx;
  const long = steep ? dy : dx;
  const short = steep ? dx : dy;
  let from = steep ? firstDown : firstRight;
  let to = steep ? lastDown : lastRight;
  const firstBeside = steep ? firstRight : firstDown;
  const lastBeside = steep ? lastRight : lastDown;
  if (firstBeside > 0) from = max(from, findStep(2 * firstBeside - 1, long, short) + 1);
  if (lastBeside < short) to = min(to, findStep(2 * lastBeside + 1, long, short));
  let beside = 0;
  // How much of 2 `long` is left before the next step along the shorter axis.
  let rest = long;
  if (from > 0) {
    const half = 2 * <i64>from * <i64>short - <i64>long;
    if (half > 0) beside = <i32>((half + 2 * <i64>long - 1) / (2 * <i64>long));
    rest = <i32>(2 * <i64>long * <i64>beside - half);
  }
  const rowStep = <usize>(up ? -pitch : pitch);
  if (steep) {
    let column = x + beside;
    let row = bits + <usize>((up ? y - from : y + from) * pitch);
    for (; from <= to; from++, row += rowStep) {
      setBit(row, column);
      rest -= 2 * short;
      const over = rest >> 31;
      rest += over & (2 * long);
      column -= over;
    }
  } else {
    let row = bits + <usize>((up ? y - beside : y + beside) * pitch);
    for (let column = x + from; from <= to; from++, column++) {
      setBit(row, column);
      rest -= 2 * short;
      const over = rest >> 31;
      rest += over & (2 * long);
      row += <usize>over & rowStep;
    }
  }
}

/** The last step along the longer axis that is less than `halves` half steps along the shorter one, or as much. */
function findStep(halves: i32, long: i32, short: i32): i32 {
  return <i32>((<i64>long * <i64>halves) / (2 * <i64>short));
}
