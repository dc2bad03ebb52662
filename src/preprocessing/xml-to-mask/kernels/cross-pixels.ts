import { keepEdge, type PixelBox, type RowCrossings } from './row-crossings.ts';

/**
 * Where edges between whole pixels cross rows as `cv2.fillPoly` has it (OpenCV 4.6, `FillEdgeCollection`): row y belongs to an
 * edge from its upper end to above its lower one; x moves on by a step of 1/65536 pixel, cut towards zero, from row to row.
 */
const ONE = 65536;
/** Columns whose 1/65536 are whole numbers of 32 bits. */
const SMALL = 32_768;

/** Step of x from row to row down the edge, in 1/65536 pixel. */
function stepOf(dx: number, dy: number): number {
  const step = (dx * ONE) / dy;
  return step < 0 ? Math.ceil(step) : Math.floor(step);
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
    const edge = ids[i]! * 2;
    const down = points[edge + 1]! < points[edge + 3]!;
    const upper = down ? edge : edge + 2;
    const lower = down ? edge + 2 : edge;
    const y0 = points[upper + 1]!;
    const y1 = points[lower + 1]!;
    const from = y0 < top ? top : y0;
    const to = y1 < bottom ? y1 : bottom;
    if (from >= to) continue;
    const x0 = points[upper]!;
    const x1 = points[lower]!;
    // Steps are cut towards zero: a crossing lies between the ends.
    if ((x0 < x1 ? x0 : x1) < left || (x0 < x1 ? x1 : x0) >= right) {
      const step = stepOf(x1 - x0, y1 - y0);
      const first = x0 * ONE + (from - y0) * step;
      const last = x0 * ONE + (to - 1 - y0) * step;
      if (first > (right - 1) * ONE && last > (right - 1) * ONE) continue;
      if (first < left * ONE && last < left * ONE) {
        winding[from - top]! += 1;
        winding[to - top]! -= 1;
        continue;
      }
    }
    keepEdge(crossings, ids[i]!, kept++, from - top, to - top);
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
  const width = right - left;
  for (let i = 0; i < kept; i++) {
    const edge = ids[i]! * 2;
    const upper = points[edge + 1]! < points[edge + 3]! ? edge : edge + 2;
    const lower = edge + edge + 2 - upper;
    const y0 = points[upper + 1]!;
    const x0 = points[upper]! - left;
    const x1 = points[lower]! - left;
    const step = stepOf(x1 - x0, points[lower + 1]! - y0);
    const first = x0 * ONE + (tops[i]! + top - y0) * step;
    const end = ends[i]!;
    if (x0 >= 0 && x1 >= 0 && x0 < SMALL && x1 < SMALL && x0 < width && x1 < width) {
      // The same as below in whole numbers of 32 bits.
      const smallStep = step | 0;
      let x = first | 0;
      for (let row = tops[i]! + 1; row <= end; row++, x = (x + smallStep) | 0)
        keys[starts[row]!++] = ((x >> 16) << 2) | ((((x & 65535) + 65535) >> 15) & 2);
      continue;
    }
    let x = first;
    for (let row = tops[i]! + 1; row <= end; row++, x += step) {
      const column = Math.floor(x / ONE);
      const beyond = column * ONE === x ? 0 : 2;
      keys[starts[row]!++] = column < 0 ? -4 : column >= width ? width * 4 : column * 4 + beyond;
    }
  }
}
