// Vertices in mask pixels. The plain version is preprocessing/xml-to-mask/kernels/scale-points.ts.

/** What becomes of coordinates: nothing, cut towards zero, the nearest whole number (of two the even one). */
const EXACT: i32 = 0;
const TRUNC: i32 = 1;

/**
 * Divides the `count` vertices at `points`, x and y as f64, by `stepX` and `stepY`, in place: as f64 where `coords` is
 * `EXACT`, else as i32, saturated. Widens `range`, four f64: the smallest x and y, the largest x and y, before saturation, not
 * a number where a coordinate isn't one.
 */
export function scaleMaskPoints(
  points: usize,
  count: i32,
  stepX: f64,
  stepY: f64,
  coords: i32,
  range: usize,
): void {
  const step = f64x2.replace_lane(f64x2.splat(stepX), 1, stepY);
  let low = v128.load(range);
  let high = v128.load(range, 16);
  let out = points;
  for (const end = points + ((<usize>count) << 4); points < end; points += 16) {
    let point = f64x2.div(v128.load(points), step);
    if (coords != EXACT) point = coords == TRUNC ? f64x2.trunc(point) : f64x2.nearest(point);
    low = f64x2.min(low, point);
    high = f64x2.max(high, point);
    if (coords == EXACT) {
      v128.store(out, point);
      out += 16;
    } else {
      v128.store64_lane(out, i32x4.trunc_sat_f64x2_s_zero(point), 0);
      out += 8;
    }
  }
  v128.store(range, low);
  v128.store(range, high, 16);
}
