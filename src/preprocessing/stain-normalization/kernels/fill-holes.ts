/** How far a step of the flood reaches: SciPy's window of 20 x 20 looks 9 pixels back and 10 ahead. */
const BACK = 9;
const AHEAD = 10;

/**
 * Marks what the background can't reach from outside the picture in steps within a window of 20 x 20 pixels: SciPy's
 * `binary_fill_holes` with `ones((20, 20))`. In place, one byte a pixel.
 */
export function fillHoles(mask: Uint8Array, width: number): void {
  const height = mask.length / width;
  const next = linkBackground(mask, width);
  const stack = new Int32Array(mask.length);
  let size = 0;
  const take = (y: number, from: number, to: number) => {
    const row = y * (width + 1);
    for (let at = findNext(next, row + from); at <= row + to; at = findNext(next, at)) {
      next[at] = at + 1;
      stack[size++] = y * width + (at - row);
    }
  };
  for (let y = 0; y < height; y++) {
    const whole = y < BACK || y + AHEAD >= height;
    take(y, 0, whole ? width - 1 : Math.min(BACK, width) - 1);
    take(y, Math.max(0, width - AHEAD), width - 1);
  }
  mask.fill(1);
  while (size > 0) {
    const pixel = stack[--size]!;
    mask[pixel] = 0;
    const y = Math.floor(pixel / width);
    const x = pixel - y * width;
    const [left, right] = [Math.max(0, x - AHEAD), Math.min(width - 1, x + BACK)];
    const bottom = Math.min(height - 1, y + BACK);
    for (let row = Math.max(0, y - AHEAD); row <= bottom; row++) take(row, left, right);
  }
}

/** For each place of a row, with one more at its end, the next that is background and not yet reached; see `findNext`. */
function linkBackground(mask: Uint8Array, width: number): Int32Array {
  const rows = mask.length / width;
  const next = new Int32Array(rows * (width + 1));
  for (let y = 0; y < rows; y++) {
    const row = y * (width + 1);
    for (let x = 0; x < width; x++) next[row + x] = mask[y * width + x] === 0 ? row + x : row + x + 1;
    next[row + width] = row + width;
  }
  return next;
}

/** Follows the links to a place that points to itself, and shortens the way. */
function findNext(next: Int32Array, from: number): number {
  let at = from;
  while (next[at] !== at) {
    next[at] = next[next[at]!]!;
    at = next[at]!;
  }
  return at;
}
