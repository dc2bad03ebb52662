/** Statistics of the methods that find their stains in Macenko's plane. */

import { gatherMarked } from '../kernels/gather-marked.ts';
import type { StainFit, Vector3 } from '../stain-method.ts';
import { checkTissue, describeDegenerate, describeFit } from './check-fit.ts';
import { type FindAngles, fitStainPlane } from './fit-plane.ts';
import { computeMaxConcentrations } from './max-concentrations.ts';
import { measureTissue, type TissuePixels } from './measure-tissue.ts';

/** Percent: stains lie at this percentile of the angles and at 100 less it, in every published variant. */
const ALPHA = 1;

export interface MarkedPixels {
  /** 1 for tissue; one byte a pixel. */
  readonly mask: Uint8Array;
  readonly tissuePixels: number;
}

export interface MacenkoRule {
  readonly density: Float64Array;
  /** Stains beyond haematoxylin and eosin that the variant separates. */
  readonly complete?: (stains: readonly [Vector3, Vector3]) => readonly Vector3[];
  /** The full strength of each stain; the 99th percentile of least-squares concentrations unless given. */
  readonly measure?: (rgb: Uint8Array, density: Float64Array, stains: readonly Vector3[]) => readonly number[];
  /** The extreme angles in the plane; from the tails of a sample unless given. */
  readonly findAngles?: FindAngles | undefined;
}

export function fitMacenko(
  rgb: Uint8Array,
  marked: MarkedPixels | Omit<TissuePixels, 'rgb'>,
  { density, complete = (stains) => stains, measure = computeMaxConcentrations, findAngles }: MacenkoRule,
): StainFit {
  const tissue = selectTissue(rgb, marked);
  const moments = measureTissue(tissue, density);
  const counts = { pixels: rgb.length / 3, tissuePixels: moments.count };
  const reason = checkTissue(counts);
  if (reason) return describeDegenerate(reason, counts);
  const plane = fitStainPlane({ tissue, moments, density, alpha: ALPHA, findAngles });
  if ('reason' in plane) return describeDegenerate(plane.reason, counts);
  const stains = complete(plane.stains);
  return describeFit({ kind: 'stains', stains, maxConcentrations: measure(rgb, density, stains) }, counts);
}

function selectTissue(rgb: Uint8Array, marked: MarkedPixels | Omit<TissuePixels, 'rgb'>): TissuePixels {
  if ('brightest' in marked) return { rgb, brightest: marked.brightest };
  return { rgb: gatherMarked(rgb, marked.mask, marked.tissuePixels), brightest: 255 };
}
