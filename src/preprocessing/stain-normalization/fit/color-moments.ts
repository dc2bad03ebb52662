/** Mean and deviation of the colours of a picture, in whatever colour space a Reinhard method counts. */

import type { AxisChange } from '../kernels/axis-change.ts';
import type { ColorMoments, StainFit, StainStatistics, Vector3 } from '../stain-method.ts';
import { checkTissue, describeDegenerate, type PixelCounts } from './check-fit.ts';
import { markDark } from './mark-dark.ts';

export interface MomentSums {
  /** How many pixels were summed up. */
  readonly count: number;
  /** Of each axis less its `centre`, then of its squares. */
  readonly sums: Float64Array;
  readonly centre: Vector3;
}

/** Deviations of the population, as the published methods have them. */
export function computeMoments({ count, sums, centre }: MomentSums): ColorMoments {
  const mean = (k: number) => (sums[k] ?? 0) / count;
  const spread = (k: number) => Math.sqrt(Math.max(0, (sums[k + 3] ?? 0) / count - mean(k) ** 2));
  return {
    kind: 'color',
    mean: [centre[0] + mean(0), centre[1] + mean(1), centre[2] + mean(2)],
    deviation: [spread(0), spread(1), spread(2)],
  };
}

/**
 * The moments that `measure` finds, unless there is too little tissue or colours that hardly differ. The published methods ask
 * for neither, and make noise of glass; what is dark tells whether there is any tissue.
 * @param floors the least deviation of each axis
 */
export function fitColor(rgb: Uint8Array, measure: () => MomentSums, floors: Vector3): StainFit {
  const pixels = rgb.length / 3;
  const { tissuePixels } = markDark(rgb, { stretch: false });
  const counts: PixelCounts = { pixels, tissuePixels };
  const reason = checkTissue(counts);
  if (reason) return describeDegenerate(reason, counts);
  const sums = measure();
  if (sums.count === 0) return describeDegenerate('too-few-tissue-pixels', counts);
  const statistics = computeMoments(sums);
  const [light, ...hues] = statistics.deviation.map((deviation, k) => deviation >= (floors[k] ?? 0));
  if (!light) return describeDegenerate('one-colour', counts);
  if (hues.includes(false)) return describeDegenerate('rank-deficient', counts);
  return { status: 'fitted', statistics, pixels, tissuePixels };
}

/** @throws TypeError for stain vectors, which know nothing of moments. */
export function expectMoments(statistics: StainStatistics, method: string): ColorMoments {
  if (statistics.kind === 'color') return statistics;
  throw new TypeError(`${method} needs colour moments but received the stain vectors of another method`);
}

/** Moments of the source become those of the target: E. Reinhard et al., IEEE CG&A 21(5) (2001) 34-41. */
export function createAxisChange(source: ColorMoments, target: ColorMoments): AxisChange {
  const factors = target.deviation.map((deviation, k) => deviation / (source.deviation[k] ?? 1));
  return {
    from: Float64Array.from(source.mean),
    factor: Float64Array.from(factors),
    to: Float64Array.from(target.mean),
  };
}

/** Least deviations of L*, a* and b*: those of one colour with the noise of a camera. */
export const CIELAB_FLOORS: Vector3 = [0.5, 0.1, 0.1];
