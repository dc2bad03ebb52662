import { keepEdge, type PixelBox, type RowCrossings } from './row-crossings.ts';

/**
 * Where edges between whole pixels cross rows as `cv2.fillPoly` has it (OpenCV 4.6, `FillEdgeCollection`): row y belongs to an
 * edge from its upper end to above its lower one; x moves on by a step of 1/65536 pixel, cut towards zero, from row to row.
 */
const ONE = 65536;

/** Step of x from row to row, in 1/65536 pixel. */
function stepOf(points: Float64Array, edge: number): number {
  const dy = points[edge * 2 + 3]! - points[edge * 2 + 1]!;
  return Math.trunc(((points[edge * 2 + 2]! - points[edge * 2]!) * ONE) / dy);
}

/** Keeps of the first `count` edges those that cross the box's columns, and returns their number. */
export function keepPixelEdges(
  crossings: RowCrossings,
  { points }: { readonly points: Float64Array },
  count: number,
  box: PixelBox,
): number {
  const { ids, winding } = crossings;
  const { left, top, right, bottom } = box;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const edge = ids[i]!;
    const down = points[edge * 2 + 1]! < points[edge * 2 + 3]!;
    const upper = down ? edge * 2 : edge * 2 + 2;
    const y0 = points[upper + 1]!;
    const from = Math.max(top, y0);
    const to = Math.min(bottom, points[down ? edge * 2 + 3 : edge * 2 + 1]!);
    if (from >= to) continue;
    const step = stepOf(points, edge);
    const first = points[upper]! * ONE + (from - y0) * step;
    const last = points[upper]! * ONE + (to - 1 - y0) * step;
    if (first > (right - 1) * ONE && last > (right - 1) * ONE) continue;
    if (first < left * ONE && last < left * ONE) {
      winding[from - top]! += 1;
      winding[to - top]! -= 1;
    } else keepEdge(crossings, edge, kept++, from - top, to - top);
  }
  return kept;
}

/** Writes the keys of the edges that were kept. */
export function crossPixels(
  crossings: RowCrossings,
  { points }: { readonly points: Float64Array },
  kept: number,
  box: PixelBox,
): void {
  const { left, top, right } = box;
  const { ids, tops, ends, starts, keys } = crossings;
  for (let i = 0; i < kept; i++) {
    const edge = ids[i]!;
    const upper = points[edge * 2 + 1]! < points[edge * 2 + 3]! ? edge * 2 : edge * 2 + 2;
    const step = stepOf(points, edge);
    let x = points[upper]! * ONE + (tops[i]! + top - points[upper + 1]!) * step;
    for (let row = tops[i]!; row < ends[i]!; row++, x += step) {
      const column = Math.floor(x / ONE);
      const beyond = column * ONE === x ? 0 : 2;
      const key = column < left ? -4 : column >= right ? (right - left) * 4 : (column - left) * 4 + beyond;
      keys[starts[row + 1]!++] = key;
    }
  }
}
