// Where edges cross rows, as bits: each crossing flips the bit of the first pixel that lies right of it. The plain versions
// with their rules are preprocessing/xml-to-mask/kernels/cross-pixels.ts and cross-centres.ts.

import { flipBit, setBit } from './mask-bits';

/**
 * The `count` edges between the points at `points` and the ones that follow them, x and y as i32, as OpenCV's fillPoly has
 * them. There a run takes the pixel that its end lies on exactly: all such pixels are set in `exact`. The window is that of
 * `drawMaskLines`; what lies left of it counts in its first column.
 */
export function crossMaskPixels(
  points: usize,
  count: i32,
  flips: usize,
  exact: usize,
  pitch: i32,
  left: i32,
  top: i32,
  width: i32,
  rows: i32,
): void {
  for (const end = points + ((<usize>count) << 3); points < end; points += 8) {
    const down = load<i32>(points, 4) < load<i32>(points, 12);
    const upper = points + (down ? 0 : 8);
    const lower = points + (down ? 8 : 0);
    const y0 = load<i32>(upper, 4);
    const y1 = load<i32>(lower, 4);
    const from = max(y0, top);
    const to = min(y1, top + rows);
    if (from >= to) continue;
    const x0 = load<i32>(upper) - left;
    const x1 = load<i32>(lower) - left;
    if (min(x0, x1) >= width) continue;
    const step = Math.trunc((<f64>(x1 - x0) * 65536) / <f64>(y1 - y0));
    let row = flips + <usize>((from - top) * pitch);
    let exactRow = exact + <usize>((from - top) * pitch);
    if (min(x0, x1) >= 0 && max(x0, x1) < min(width, 32768)) {
      const smallStep = <i32>step;
      let x = (x0 << 16) + (from - y0) * smallStep;
      for (let rest = to - from; rest > 0; rest--) {
        const column = (x + 65535) >> 16;
        flipBit(row, column);
        if ((x & 65535) == 0) setBit(exactRow, column);
        row += <usize>pitch;
        exactRow += <usize>pitch;
        x += smallStep;
      }
    } else {
      const longStep = <i64>step;
      let x = (<i64>x0 << 16) + <i64>(from - y0) * longStep;
      for (let rest = to - from; rest > 0; rest--) {
        const column = <i32>((x + 65535) >> 16);
        if (column < width) flipBit(row, max(0, column));
        if (column >= 0 && column < width && (x & 65535) == 0) setBit(exactRow, column);
        row += <usize>pitch;
        exactRow += <usize>pitch;
        x += longStep;
      }
    }
  }
}

/**
 * The edges between points that are f64, at the centre lines of rows: a pixel whose centre lies on a crossing is right of it.
 * A crossing is computed from the whole edge, upper end first, as in the plain version.
 */
export function crossMaskCentres(
  points: usize,
  count: i32,
  flips: usize,
  pitch: i32,
  left: i32,
  top: i32,
  width: i32,
  rows: i32,
): void {
  const right = left + width;
  for (const end = points + ((<usize>count) << 4); points < end; points += 16) {
    const down = load<f64>(points, 8) < load<f64>(points, 24);
    const upper = points + (down ? 0 : 16);
    const lower = points + (down ? 16 : 0);
    const y0 = load<f64>(upper, 8);
    const y1 = load<f64>(lower, 8);
    const from = max(top, <i32>Math.ceil(y0 - 0.5));
    const to = min(top + rows, <i32>Math.ceil(y1 - 0.5));
    if (from >= to) continue;
    const x0 = load<f64>(upper);
    const x1 = load<f64>(lower);
    const low = Math.max(<f64>left, Math.min(x0, x1));
    const high = Math.min(<f64>right, Math.max(x0, x1));
    if (<i32>Math.ceil(low - 0.5) >= right) continue;
    const dx = x1 - x0;
    const dy = y1 - y0;
    let row = flips + <usize>((from - top) * pitch);
    let centre = <f64>from + 0.5;
    for (let rest = to - from; rest > 0; rest--) {
      // Rounding must not carry a crossing beyond the ends; what lies left of the window is in its first column.
      const x = Math.max(low, Math.min(high, ((centre - y0) * dx) / dy + x0));
      const column = <i32>Math.ceil(x - 0.5) - left;
      if (column < width) flipBit(row, column);
      row += <usize>pitch;
      centre += 1;
    }
  }
}
