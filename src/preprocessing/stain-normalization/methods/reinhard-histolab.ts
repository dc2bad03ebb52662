/**
 * Reinhard's method as histolab computes it (0.7): scikit-image's CIELAB, statistics and change within the tissue of the
 * tile's mask only, so that glass stays as it is.
 */
import { CIELAB_FLOORS, createAxisChange, expectMoments, fitColor } from '../fit/color-moments.ts';
import { markHistolabTissue } from '../fit/mark-histolab-tissue.ts';
import { createByteSteps } from '../kernels/byte-steps.ts';
import { CIELAB_CENTRE, encodeGamma, recolorCielab, sumCielab } from '../kernels/cielab.ts';
import type { StainMethod } from '../stain-method.ts';

const NAME = 'reinhard-histolab';
const STEPS = createByteSteps((x) => Math.round(255 * Math.min(1, encodeGamma(x))));

export const reinhardHistolab: StainMethod = {
  name: NAME,
  usesNeighbours: true,
  fitUsesNeighbours: true,
  reference: undefined,
  fit(pixels) {
    const sums = new Float64Array(6);
    const measure = () => ({
      ...{ count: sumCielab(pixels.data, markHistolabTissue(pixels), sums), sums, centre: CIELAB_CENTRE },
    });
    return fitColor(pixels.data, measure, CIELAB_FLOORS);
  },
  createTransform(source, target) {
    const change = createAxisChange(expectMoments(source, NAME), expectMoments(target, NAME));
    return (pixels, out) =>
      recolorCielab(pixels.data, markHistolabTissue(pixels), change, { steps: STEPS, floorZ: true }, out);
  },
};
