/**
 * Reinhard's method as torchstain computes it (1.4.1: CIELAB, D65, all pixels, truncated), and its `modified` one, which draws
 * L* out about its own mean and only moves a* and b*. torchstain counts in float32: 1 level off here and there.
 * Source: E. Reinhard et al., IEEE CG&A 21(5) (2001) 34-41; the modification: S. Roy et al., Micron 114 (2018) 42-61.
 */
import { CIELAB_FLOORS, createAxisChange, expectMoments, fitColor } from '../fit/color-moments.ts';
import type { AxisChange } from '../kernels/axis-change.ts';
import { createByteSteps } from '../kernels/byte-steps.ts';
import { CIELAB_CENTRE, encodeGamma, recolorCielab, sumCielab } from '../kernels/cielab.ts';
import type { ColorMoments, StainMethod } from '../stain-method.ts';

const STEPS = createByteSteps((x) => Math.trunc(255 * Math.min(1, encodeGamma(x))));
/** How much L* is drawn out where the target's deviates no more than the source's. */
const LEAST_STRETCH = 0.05;

export const reinhard: StainMethod = createReinhard('reinhard', createAxisChange);
export const reinhardModified: StainMethod = createReinhard('reinhard-modified', createModifiedChange);

function createReinhard(
  name: string,
  createChange: (source: ColorMoments, target: ColorMoments) => AxisChange,
): StainMethod {
  return {
    name,
    usesNeighbours: false,
    reference: undefined,
    fit({ data }) {
      const sums = new Float64Array(6);
      const measure = () => ({ count: sumCielab(data, undefined, sums), sums, centre: CIELAB_CENTRE });
      return fitColor(data, measure, CIELAB_FLOORS);
    },
    createTransform(source, target) {
      const change = createChange(expectMoments(source, name), expectMoments(target, name));
      return ({ data }, out) => recolorCielab(data, undefined, change, { steps: STEPS, floorZ: false }, out);
    },
  };
}

function createModifiedChange(source: ColorMoments, target: ColorMoments): AxisChange {
  const stretch = (target.deviation[0] - source.deviation[0]) / target.deviation[0];
  return {
    from: Float64Array.from(source.mean),
    factor: Float64Array.of(1 + (stretch > 0 ? stretch : LEAST_STRETCH), 1, 1),
    to: Float64Array.of(source.mean[0], target.mean[1], target.mean[2]),
  };
}
