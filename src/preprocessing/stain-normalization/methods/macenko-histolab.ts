/**
 * Macenko's method as histolab computes it (0.7: background 240, alpha 1, beta 0.15): tissue is what its tile mask and the
 * density rule agree on, and what is left beside haematoxylin and eosin is a third stain, scaled like the others.
 */
import { createMapTransform, createStainMap } from '../apply/create-stain-map.ts';
import { createDensityTable, findBrightest } from '../apply/density-table.ts';
import { fitMacenko } from '../fit/fit-macenko.ts';
import { markHistolabTissue } from '../fit/mark-histolab-tissue.ts';
import { markDense } from '../kernels/mark-dense.ts';
import type { RgbPixels, StainMethod } from '../stain-method.ts';
import { expectStains } from '../vectors/stain-vectors.ts';
import { cross, normalize } from '../vectors/vectors.ts';

const NAME = 'macenko-histolab';
const INTENSITY = 240;
const BETA = 0.15;

const DENSITY = createDensityTable(INTENSITY);
const BRIGHTEST = findBrightest(DENSITY, BETA);

export const macenkoHistolab: StainMethod = {
  name: NAME,
  usesNeighbours: false,
  fitUsesNeighbours: true,
  reference: undefined,
  fit(pixels) {
    return fitMacenko(pixels.data, markTissue(pixels), {
      density: DENSITY,
      complete: ([h, e]) => [h, e, normalize(cross(h, e))],
    });
  },
  createTransform(source, target) {
    const map = createStainMap(expectStains(source, NAME), expectStains(target, NAME));
    return createMapTransform(DENSITY, map, { intensity: INTENSITY, over: 255 });
  },
};

function markTissue(pixels: RgbPixels) {
  const mask = markHistolabTissue(pixels);
  const dense = new Uint8Array(mask.length);
  markDense(pixels.data, BRIGHTEST, dense);
  let tissuePixels = 0;
  for (const [i, value] of dense.entries()) {
    const both = value === 1 && mask[i] === 1 ? 1 : 0;
    mask[i] = both;
    tissuePixels += both;
  }
  return { mask, tissuePixels };
}
