import { HOLE, keepEdge, type PixelBox, type RowCrossings } from './row-crossings.ts';
import type { ShapePoints } from './row-spans.ts';

/**
 * Where edges cross the centre lines of rows. The pixel whose centre lies on a crossing is right of it. A crossing is
 * computed from the whole edge, upper end first, so that it doesn't depend on the box nor on the edge's direction.
 */

/** Keeps of the first `count` edges those that cross the box's columns, and returns their number. */
export function keepCentreEdges(crossings: RowCrossings, shape: ShapePoints, count: number, box: PixelBox): number {
  const { ids, winding } = crossings;
  const { points, holesFrom } = shape;
  const { left, top, right, bottom } = box;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const edge = ids[i]!;
    const x0 = points[edge * 2]!;
    const y0 = points[edge * 2 + 1]!;
    const x1 = points[edge * 2 + 2]!;
    const y1 = points[edge * 2 + 3]!;
    const down = y0 < y1;
    const from = Math.max(top, Math.ceil((down ? y0 : y1) - 0.5));
    const to = Math.min(bottom, Math.ceil((down ? y1 : y0) - 0.5));
    if (from >= to || Math.ceil((x0 < x1 ? x0 : x1) - 0.5) >= right) continue;
    if (Math.ceil((x0 < x1 ? x1 : x0) - 0.5) <= left) {
      const turn = (down ? 1 : -1) * (edge >= holesFrom ? HOLE : 1);
      winding[from - top]! += turn;
      winding[to - top]! -= turn;
    } else keepEdge(crossings, edge, kept++, from - top, to - top);
  }
  return kept;
}

/** Writes the keys of the edges that were kept. */
export function crossCentres(crossings: RowCrossings, shape: ShapePoints, kept: number, box: PixelBox): void {
  const { points, holesFrom } = shape;
  const { left, top, right } = box;
  const { ids, tops, ends, starts, keys } = crossings;
  for (let i = 0; i < kept; i++) {
    const edge = ids[i]! * 2;
    const down = points[edge + 1]! < points[edge + 3]!;
    const upper = down ? edge : edge + 2;
    const lower = down ? edge + 2 : edge;
    const x0 = points[upper]!;
    const x1 = points[lower]!;
    const y0 = points[upper + 1]!;
    const dx = x1 - x0;
    const dy = points[lower + 1]! - y0;
    // Rounding must not carry a crossing beyond the ends, by which edges beside the box are told.
    const low = Math.max(left, x0 < x1 ? x0 : x1);
    const high = Math.min(right, x0 < x1 ? x1 : x0);
    const bits = (down ? 1 : 0) + (ids[i]! >= holesFrom ? 2 : 0) - left * 4;
    const end = ends[i]!;
    let centre = tops[i]! + top + 0.5;
    for (let row = tops[i]! + 1; row <= end; row++) {
      let x = ((centre - y0) * dx) / dy + x0;
      if (x < low) x = low;
      if (x > high) x = high;
      keys[starts[row]!++] = Math.ceil(x - 0.5) * 4 + bits;
      centre += 1;
    }
  }
}
