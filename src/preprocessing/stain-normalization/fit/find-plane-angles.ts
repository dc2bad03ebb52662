/** The extreme angles of the densities in a plane. */

import { computePercentile } from '../kernels/percentile.ts';
import { computePlaneAngles } from '../kernels/plane-angles.ts';
import { samplePixels } from '../kernels/sample-pixels.ts';
import { createTailTables } from '../kernels/tail-tables.ts';
import { computeTailSlopes, hasBit } from '../kernels/tail-values.ts';
import { getStainLoops } from '../stain-loops.ts';
import type { Vector3 } from '../stain-method.ts';
import { scale } from '../vectors/vectors.ts';
import { computeTailPercentile, estimateEdge, FEWEST_PIXELS, SAMPLE_PIXELS, type TailEnd } from './find-tail.ts';
import type { TissuePixels } from './measure-tissue.ts';

export interface PlaneInput extends TissuePixels {
  readonly tissuePixels: number;
  /** A number for each grey level. */
  readonly density: Float64Array;
  /** Percent: the angles at this percentile and at 100 less it. */
  readonly alpha: number;
}

/** Bits of the pixels that lie at the lower end, at the upper end, or so that the slope does not tell the angle. */
const [LOW, HIGH, ODD] = [1 << 24, 1 << 25, 1 << 26];
/** Density along the first axis below which a slope says nothing. */
const LEAST = 1e-4;
/** Glass may leave little tissue in a sample; more tries than this cost more than they tell. */
const MOST_TRIES = 16 * SAMPLE_PIXELS;

/** Of `atan2(density · y, density · x)`, in radians, the lower first: the percentiles that NumPy gives of all angles. */
export function findPlaneAngles(input: PlaneInput, axes: readonly [Vector3, Vector3]): readonly [number, number] {
  return findBySlopes(input, axes) ?? findByAngles(input, axes);
}

/** Tissue lies on the one side of the plane that the first axis points to; there a slope stands for its angle. */
function findBySlopes(input: PlaneInput, [x, y]: readonly [Vector3, Vector3]): readonly [number, number] | undefined {
  const { rgb, brightest, tissuePixels, density, alpha } = input;
  if (tissuePixels < FEWEST_PIXELS) return undefined;
  const tries = Math.min(MOST_TRIES, Math.ceil((SAMPLE_PIXELS * rgb.length) / 3 / tissuePixels));
  const both = Float64Array.of(...x, ...y);
  const measure = (pixels: Uint32Array, bit: number) => {
    const slopes = new Float64Array(pixels.length);
    return slopes.subarray(0, computeTailSlopes(pixels, bit, density, both, slopes));
  };
  const sample = measure(samplePixels(rgb, brightest, tries), 0);
  const ends: TailEnd[] = [
    { share: alpha, from: 'low' },
    { share: alpha, from: 'high' },
  ];
  const [low, high] = ends.map((end) => estimateEdge(sample, end));
  if (low === undefined || high === undefined) return undefined;
  const rows = [tilt(x, y, low), tilt(x, y, high).map((value) => -value)];
  const forms = [...rows.map((row) => ({ row, edge: 0 })), { row: scale(x, -1), edge: -LEAST }];
  const found = getStainLoops().findTails(rgb, createTailTables(density, forms, brightest));
  if (hasBit(found, ODD)) return undefined;
  const edges = [low, high] as const;
  const [lower, upper] = ends.map((end, i) => {
    const values = measure(found, i === 0 ? LOW : HIGH);
    // Between two order statistics NumPy goes along the angle, not along the slope.
    return computeTailPercentile({ values, edge: edges[i] ?? 0, total: tissuePixels, convert: Math.atan }, end);
  });
  return lower === undefined || upper === undefined ? undefined : [lower, upper];
}

/** Positive for densities whose slope is below `slope`. */
function tilt(x: Vector3, y: Vector3, slope: number): number[] {
  return x.map((value, c) => slope * value - (y[c] ?? 0));
}

/** For few pixels, and for colours that lie all around. */
function findByAngles(
  { rgb, brightest, tissuePixels, density, alpha }: PlaneInput,
  [x, y]: readonly [Vector3, Vector3],
) {
  const angles = new Float64Array(tissuePixels);
  computePlaneAngles(rgb, density, brightest, Float64Array.of(...x, ...y), angles);
  return [computePercentile(angles, alpha), computePercentile(angles, 100 - alpha)] as const;
}
