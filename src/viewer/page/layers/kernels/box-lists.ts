/** left, top, right, bottom in double precision of boxes that are stored as float32 x, y, width, height. */
export function toCorners(boxes: Float32Array): Float64Array {
  const corners = new Float64Array(boxes.length);
  for (let i = 0; i < boxes.length; i += 4) {
    corners[i] = boxes[i]!;
    corners[i + 1] = boxes[i + 1]!;
    corners[i + 2] = boxes[i]! + boxes[i + 2]!;
    corners[i + 3] = boxes[i + 1]! + boxes[i + 3]!;
  }
  return corners;
}

/** Sum of widths, of heights, and smallest and largest coordinates of boxes given by their corners. */
export function measureBoxes(corners: Float64Array): {
  readonly widths: number;
  readonly heights: number;
  readonly width: number;
  readonly height: number;
} {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  let widths = 0;
  let heights = 0;
  for (let i = 0; i < corners.length; i += 4) {
    left = Math.min(left, corners[i]!);
    top = Math.min(top, corners[i + 1]!);
    right = Math.max(right, corners[i + 2]!);
    bottom = Math.max(bottom, corners[i + 3]!);
    widths += corners[i + 2]! - corners[i]!;
    heights += corners[i + 3]! - corners[i + 1]!;
  }
  const empty = corners.length === 0;
  return { widths, heights, width: empty ? 0 : right - left, height: empty ? 0 : bottom - top };
}

/** Bounding box of each polygon's outline (its first ring), as corners. */
export function findOutlineBoxes(table: {
  readonly firstRings: Uint32Array;
  readonly firstPoints: Uint32Array;
  readonly points: Float32Array;
}): Float64Array {
  const { firstRings, firstPoints, points } = table;
  const count = firstRings.length - 1;
  const corners = new Float64Array(4 * count);
  for (let polygon = 0; polygon < count; polygon++) {
    const ring = firstRings[polygon]!;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 2 * firstPoints[ring]!; i < 2 * firstPoints[ring + 1]!; i += 2) {
      left = Math.min(left, points[i]!);
      top = Math.min(top, points[i + 1]!);
      right = Math.max(right, points[i]!);
      bottom = Math.max(bottom, points[i + 1]!);
    }
    corners.set([left, top, right, bottom], 4 * polygon);
  }
  return corners;
}
