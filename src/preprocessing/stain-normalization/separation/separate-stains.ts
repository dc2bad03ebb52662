/** Separation of an image into its stains. */
import { createScaledDensityTable, SCALED_DENSITY_UNIT } from '../apply/density-table.ts';
import { clampNegative } from '../kernels/clamp-negative.ts';
import { computeConcentrations } from '../kernels/concentrations.ts';
import { drawStain } from '../kernels/draw-stain.ts';
import type { RgbPixels, Vector3 } from '../stain-method.ts';
import { RUIFROK_DAB, RUIFROK_EOSIN, RUIFROK_HAEMATOXYLIN } from '../vectors/ruifrok-vectors.ts';
import { cross, invertStains, normalize, scale } from '../vectors/vectors.ts';

/** Haematoxylin, eosin and DAB, as scikit-image's `rgb_from_hed`. */
export const HED_STAINS: readonly Vector3[] = [RUIFROK_HAEMATOXYLIN, RUIFROK_EOSIN, RUIFROK_DAB];

/** Densities in units of that of a millionth of full light, as scikit-image has them. */
const DARKEST = 1e-6;
const MILLIONTH = Float64Array.from(
  { length: 256 },
  (_, v) => Math.log(Math.max(v / 255, DARKEST)) / Math.log(DARKEST),
);

/**
 * Concentrations of three stains in each pixel, one array of `width * height` numbers a stain; never negative. With the
 * default stains these are the values of scikit-image's `rgb2hed`.
 */
export function separateStains({ data }: RgbPixels, stains: readonly Vector3[] = HED_STAINS): Float64Array[] {
  return invertStains(stains).map((row) => {
    const values = new Float64Array(data.length / 3);
    computeConcentrations(data, MILLIONTH, Float64Array.from(row), values);
    clampNegative(values);
    return values;
  });
}

const SCALED = createScaledDensityTable();

/**
 * Each stain as a grey picture, dark where there is much of it: one byte a pixel, one array a stain. Two stains get a third
 * that stands upright on both. These are the pictures of HistomicsTK's `color_deconvolution`.
 */
export function drawStains({ data }: RgbPixels, stains: readonly Vector3[] = HED_STAINS): Uint8Array[] {
  const [first, second, third] = stains.map(normalize);
  if (!first || !second) throw new RangeError(`expected two or three stains but received ${stains.length}`);
  const all = [first, second, third ?? normalize(cross(first, second))];
  return invertStains(all).map((row) => {
    const out = new Uint8Array(data.length / 3);
    drawStain(data, SCALED, Float64Array.from(scale(row, SCALED_DENSITY_UNIT)), out);
    return out;
  });
}
