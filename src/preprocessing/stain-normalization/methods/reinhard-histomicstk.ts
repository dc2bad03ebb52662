/** Reinhard's method as HistomicsTK computes it: in Ruderman's l, alpha, beta, as in the paper; all pixels, truncated. */
import { createAxisChange, expectMoments, fitColor } from '../fit/color-moments.ts';
import { RUDERMAN_CENTRE, recolorRuderman, sumRuderman } from '../kernels/ruderman-lab.ts';
import type { StainMethod, Vector3 } from '../stain-method.ts';

const NAME = 'reinhard-histomicstk';
/** Deviations of natural logarithms below these are those of one colour, or of grey. */
const FLOORS: Vector3 = [0.01, 0.001, 0.0003];

export const reinhardHistomicstk: StainMethod = {
  name: NAME,
  usesNeighbours: false,
  reference: undefined,
  fit({ data }) {
    const sums = new Float64Array(6);
    const measure = () => ({ count: sumRuderman(data, sums), sums, centre: RUDERMAN_CENTRE });
    return fitColor(data, measure, FLOORS);
  },
  createTransform(source, target) {
    const change = createAxisChange(expectMoments(source, NAME), expectMoments(target, NAME));
    return ({ data }, out) => recolorRuderman(data, change, out);
  },
};
