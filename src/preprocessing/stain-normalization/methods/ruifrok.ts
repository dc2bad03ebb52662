/**
 * Fixed stain vectors, of which only the strengths are measured, as tiatoolbox's Ruifrok normaliser computes it.
 * Source of the vectors: A. Ruifrok & D. Johnston, Anal. Quant. Cytol. Histol. 23 (2001) 291-299.
 */

import { createMapTransform, createStainMap } from '../apply/create-stain-map.ts';
import { createFlooredDensityTable } from '../apply/density-table.ts';
import { checkTissue, describeDegenerate, describeFit } from '../fit/check-fit.ts';
import { markDark } from '../fit/mark-dark.ts';
import { computeMaxConcentrations } from '../fit/max-concentrations.ts';
import { measureTissue } from '../fit/measure-tissue.ts';
import { gatherMarked } from '../kernels/gather-marked.ts';
import { STAIN_FLOORS } from '../options.ts';
import type { StainMethod } from '../stain-method.ts';
import { RUIFROK_EOSIN, RUIFROK_HAEMATOXYLIN } from '../vectors/ruifrok-vectors.ts';
import { expectStains } from '../vectors/stain-vectors.ts';

const NAME = 'ruifrok';
const STAINS = [RUIFROK_HAEMATOXYLIN, RUIFROK_EOSIN] as const;
const DENSITY = createFlooredDensityTable();

export const ruifrok: StainMethod = {
  name: NAME,
  usesNeighbours: false,
  reference: undefined,
  fit({ data }) {
    // tiatoolbox measures whatever it is given; what it would take for tissue tells us when there is nothing to measure.
    const { mask, tissuePixels } = markDark(data, { stretch: false });
    const counts = { pixels: mask.length, tissuePixels };
    const reason = checkTissue(counts);
    if (reason) return describeDegenerate(reason, counts);
    if (isOneColor(data, mask, tissuePixels)) return describeDegenerate('one-colour', counts);
    const maxConcentrations = computeMaxConcentrations(data, DENSITY, STAINS);
    return describeFit({ kind: 'stains', stains: STAINS, maxConcentrations }, counts);
  },
  createTransform(source, target) {
    const map = createStainMap(expectStains(source, NAME), expectStains(target, NAME));
    return createMapTransform(DENSITY, map, { intensity: 255, over: 255 });
  },
};

/** One colour alone says nothing of how strong a stain gets. */
function isOneColor(rgb: Uint8Array, mask: Uint8Array, tissuePixels: number): boolean {
  const tissue = { rgb: gatherMarked(rgb, mask, tissuePixels), brightest: 255 };
  const { covariance } = measureTissue(tissue, DENSITY);
  return !((covariance[0] ?? 0) + (covariance[4] ?? 0) + (covariance[8] ?? 0) > STAIN_FLOORS.spread);
}
