/** The full strengths of two stains whose concentrations are never negative. */
import { computePercentile } from '../kernels/percentile.ts';
import { pickPixels } from '../kernels/pick-pixels.ts';
import {
  CONCENTRATION_PENALTY,
  collectSparseTails,
  computeSparsePair,
  type PairProblem,
} from '../kernels/sparse-pair.ts';
import type { Vector3 } from '../stain-method.ts';
import { computeTailPercentile, estimateEdge, FEWEST_PIXELS, SAMPLE_PIXELS, type TailEnd } from './find-tail.ts';

/** The 99th percentile. */
const END: TailEnd = { share: 1, from: 'high' };
/** Of all pixels, at least as many are kept as an edge with its margin lets through, and some more. */
const KEPT_SHARE = 1 / 16;

/** The 99th percentile of each stain's concentration over all pixels. `stains` are two. */
export function measureSparseConcentrations(
  rgb: Uint8Array,
  density: Float64Array,
  stains: readonly Vector3[],
): readonly [number, number] {
  const problem = { stains: Float64Array.from(stains.flat()), penalty: CONCENTRATION_PENALTY };
  return findInTails(rgb, density, problem) ?? findInAll(rgb, density, problem);
}

/** The same numbers with little memory; undefined where too much of the picture is of one strength. */
function findInTails(rgb: Uint8Array, density: Float64Array, problem: PairProblem): [number, number] | undefined {
  const total = rgb.length / 3;
  if (total < FEWEST_PIXELS) return undefined;
  const edges = computeAll(pickPixels(rgb, SAMPLE_PIXELS), density, problem).map((values) => estimateEdge(values, END));
  const [first, second] = edges;
  if (first === undefined || second === undefined) return undefined;
  const room = Math.ceil(total * KEPT_SHARE);
  const tails = [new Float64Array(room), new Float64Array(room)] as const;
  const counts = collectSparseTails(rgb, density, problem, { edges: [first, second], tails });
  if (!counts) return undefined;
  const ends = [first, second].map((edge, k) =>
    computeTailPercentile({ values: tails[k === 0 ? 0 : 1].subarray(0, counts[k]), edge, total }, END),
  );
  const [one, other] = ends;
  return one === undefined || other === undefined ? undefined : [one, other];
}

function findInAll(rgb: Uint8Array, density: Float64Array, problem: PairProblem): [number, number] {
  const [first, second] = computeAll(rgb, density, problem);
  return [computePercentile(first, 100 - END.share), computePercentile(second, 100 - END.share)];
}

function computeAll(rgb: Uint8Array, density: Float64Array, problem: PairProblem): [Float64Array, Float64Array] {
  const both: [Float64Array, Float64Array] = [new Float64Array(rgb.length / 3), new Float64Array(rgb.length / 3)];
  computeSparsePair(rgb, density, problem, both);
  return both;
}
