import type { Canvas } from './canvas.ts';
import type { EdgeList, OutlinePlace, ShapePoints } from './row-spans.ts';

/** Paints the pixels whose inside the edges enter. An edge along the border of pixels enters neither side. */
export function drawTouched(
  { pixels, label }: Canvas,
  { points }: ShapePoints,
  { ids, count }: EdgeList,
  { box, offset }: OutlinePlace,
): void {
  const width = box.right - box.left;
  for (let i = 0; i < count; i++) {
    const edge = ids[i]! * 2;
    const down = points[edge + 1]! <= points[edge + 3]!;
    const upper = down ? edge : edge + 2;
    const lower = down ? edge + 2 : edge;
    const x0 = points[upper]!;
    const y0 = points[upper + 1]!;
    const x1 = points[lower]!;
    const y1 = points[lower + 1]!;
    const low = x0 < x1 ? x0 : x1;
    const high = x0 < x1 ? x1 : x0;
    const first = Math.max(box.top, Math.floor(y0));
    const end = Math.min(box.bottom, Math.ceil(y1));
    if (low >= box.right || high <= box.left || first >= end) continue;
    let above = first <= y0 ? x0 : clamp(((first - y0) * (x1 - x0)) / (y1 - y0) + x0, low, high);
    for (let row = first; row < end; row++) {
      const below = row + 1 >= y1 ? x1 : clamp(((row + 1 - y0) * (x1 - x0)) / (y1 - y0) + x0, low, high);
      const left = Math.max(0, Math.floor(above < below ? above : below) - box.left);
      const right = Math.min(width, Math.ceil(above < below ? below : above) - box.left);
      const base = offset + (row - box.top) * width;
      for (let at = base + left; at < base + right; at++) pixels[at] = label;
      above = below;
    }
  }
}

/** Rounding must not carry a crossing beyond the ends, by which edges beside the box are told. */
function clamp(x: number, low: number, high: number): number {
  return x < low ? low : x > high ? high : x;
}
