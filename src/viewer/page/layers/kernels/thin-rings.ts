/** Rings of all polygons, one after the other, as x, y. */
export interface RingPoints {
  /** Ring r has points `firstPoints[r] .. firstPoints[r + 1]`. */
  readonly firstPoints: Uint32Array;
  readonly points: Float32Array;
}

/**
 * The same rings with fewer points: each that lies within `tolerance` of the last one kept, in x and in y, is left out. So no line
 * moves by more than that, and the work is one look at each point. Rings may end with a single point.
 */
export function thinRings({ firstPoints, points }: RingPoints, tolerance: number): RingPoints {
  const starts = new Uint32Array(firstPoints.length);
  const kept = new Float32Array(points.length);
  let end = 0;
  for (let ring = 0; ring + 1 < firstPoints.length; ring++) {
    let lastX = Number.NaN;
    let lastY = Number.NaN;
    for (let i = 2 * firstPoints[ring]!; i < 2 * firstPoints[ring + 1]!; i += 2) {
      const x = points[i]!;
      const y = points[i + 1]!;
      if (Math.abs(x - lastX) <= tolerance && Math.abs(y - lastY) <= tolerance) continue;
      kept[end] = x;
      kept[end + 1] = y;
      end += 2;
      lastX = x;
      lastY = y;
    }
    starts[ring + 1] = end / 2;
  }
  return { firstPoints: starts, points: kept.slice(0, end) };
}
