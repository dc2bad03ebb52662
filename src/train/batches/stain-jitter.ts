import { createDensityTable } from '../../preprocessing/stain-normalization/apply/density-table.ts';
import { HED_STAINS } from '../../preprocessing/stain-normalization/separation/separate-stains.ts';
import {
  add,
  composeMap,
  invertStains,
  normalize,
  scale,
} from '../../preprocessing/stain-normalization/vectors/vectors.ts';
import { mapDensities } from './kernels/map-densities.ts';

/** Haematoxylin, eosin, and what is left: three stains span all colours, so that a change of nothing changes nothing. */
const STAINS = HED_STAINS.map(normalize);
const ROWS = invertStains(STAINS);
/** White has no density, and black a finite one: levels are counted from 1. */
const INTENSITY = 256;
const DENSITY = createDensityTable(INTENSITY);

/** Of each of the three stains: `concentration * factor + shift`. */
export interface StainChange {
  readonly factors: readonly [number, number, number];
  /** In natural-log optical density. */
  readonly shifts: readonly [number, number, number];
}

/**
 * Changes the strength of stains, in place, without looking for the stains of the picture: fixed vectors, as in D. Tellez et
 * al., Medical Image Analysis 58 (2019). A shift tints glass too.
 */
export function jitterStains(rgb: Uint8Array, { factors, shifts }: StainChange): void {
  const map = composeMap(STAINS, ROWS, factors);
  const tint = STAINS.map((stain, k) => scale(stain, shifts[k] ?? 0)).reduce(add);
  const light = Float64Array.from(tint, (value) => INTENSITY * Math.exp(-value));
  mapDensities(rgb, DENSITY, { map, light });
}
