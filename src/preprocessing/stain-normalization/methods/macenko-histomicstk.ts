/**
 * Macenko's method as HistomicsTK computes it (`deconvolution_based_normalization` with `macenko_pca`): the plane comes from
 * densities that are not centred, each stain is the colour of one actual pixel, a third stain stands upright on both, and
 * concentrations are not scaled.
 */

import { createMapTransform, createStainMap } from '../apply/create-stain-map.ts';
import { createScaledDensityTable, SCALED_DENSITY_UNIT } from '../apply/density-table.ts';
import { checkTissue, describeDegenerate } from '../fit/check-fit.ts';
import { computeDensityProducts } from '../kernels/density-products.ts';
import { computePseudoAngles } from '../kernels/pseudo-angles.ts';
import { computeSymmetricEigen } from '../kernels/symmetric-eigen.ts';
import { STAIN_FLOORS } from '../options.ts';
import type { RgbPixels, StainFit, StainMethod, Vector3 } from '../stain-method.ts';
import { RUIFROK_HAEMATOXYLIN } from '../vectors/ruifrok-vectors.ts';
import { expectStains } from '../vectors/stain-vectors.ts';
import { add, cross, dot, normalize, scale, vectorAt } from '../vectors/vectors.ts';

const NAME = 'macenko-histomicstk';
/** Densities below this in the plane, in scaled units (0..255), are glass. */
const MINIMUM = 16;
const SHARES = [0.01, 0.99] as const;
const DENSITY = createScaledDensityTable();

export const macenkoHistomicstk: StainMethod = {
  name: NAME,
  usesNeighbours: false,
  reference: undefined,
  fit,
  createTransform(source, target) {
    const map = createStainMap(expectStains(source, NAME), expectStains(target, NAME));
    const natural = map.map((value) => value * SCALED_DENSITY_UNIT);
    return createMapTransform(DENSITY, natural, { intensity: 256, over: 255, less: 1 });
  },
};

function fit({ data }: RgbPixels): StainFit {
  const pixels = data.length / 3;
  const { values, vectors } = computeSymmetricEigen(computeDensityProducts(data, DENSITY));
  const [, second = 0, first = 0] = values;
  // LAPACK's signs for densities that are all positive: the first axis points away from them, the second to red.
  const axes: [Vector3, Vector3] = [orient(vectorAt(vectors, 6), -1), orient(vectorAt(vectors, 3), 1)];
  const found = { angles: new Float64Array(pixels), pixels: new Uint32Array(pixels) };
  const flat = Float64Array.from(axes.flat());
  const tissuePixels = computePseudoAngles(data, DENSITY, flat, MINIMUM, found);
  const counts = { pixels, tissuePixels };
  const reason = checkTissue(counts);
  if (reason) return describeDegenerate(reason, counts);
  const floor = (STAIN_FLOORS.spread * pixels) / SCALED_DENSITY_UNIT ** 2;
  if (!(first > floor && second > floor)) return describeDegenerate('one-colour', counts);
  const angles = found.angles.subarray(0, tissuePixels);
  const sorted = angles.slice().sort();
  const [low, high] = SHARES.map((share) => {
    const angle = sorted[Math.min(Math.floor(share * tissuePixels + 0.5), tissuePixels - 1)] ?? 0;
    return projectPixel(data, found.pixels[angles.indexOf(angle)] ?? 0, axes);
  });
  if (!low || !high) return describeDegenerate('rank-deficient', counts);
  const rest = cross(low, high);
  if (Math.hypot(...rest) < STAIN_FLOORS.stainAngle) return describeDegenerate('rank-deficient', counts);
  const haematoxylin = [low, high].map((stain) => Math.abs(dot(stain, RUIFROK_HAEMATOXYLIN)));
  const [h, e] = (haematoxylin[1] ?? 0) > (haematoxylin[0] ?? 0) ? [high, low] : [low, high];
  const statistics = { kind: 'stains', stains: [h, e, normalize(rest)], maxConcentrations: [1, 1, 1] } as const;
  return { status: 'fitted', statistics, pixels, tissuePixels };
}

function orient(axis: Vector3, sign: number): Vector3 {
  return axis[0] * sign < 0 ? scale(axis, -1) : axis;
}

/** Direction of a pixel's density in the plane. */
function projectPixel(rgb: Uint8Array, pixel: number, [x, y]: readonly [Vector3, Vector3]): Vector3 {
  const [r, g, b] = vectorAt(rgb, 3 * pixel);
  const density: Vector3 = [DENSITY[r] ?? 0, DENSITY[g] ?? 0, DENSITY[b] ?? 0];
  return normalize(add(scale(x, dot(density, x)), scale(y, dot(density, y))));
}
