import type { Ring } from '../../../geometry/polygon.ts';

/** Contour points times the downsample, truncated to whole level-0 pixels as the Python suites store them (int32). */
export function scaleContour(points: Int32Array, downsample: { x: number; y: number }): Ring {
  return Float64Array.from(points, (value, i) => Math.trunc(value * (i % 2 === 0 ? downsample.x : downsample.y)));
}
