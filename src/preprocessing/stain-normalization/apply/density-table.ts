/** Optical density of each grey level 0..255, under the conventions of the published methods. */

/** `-ln((v + 1) / intensity)`: torchstain, HEnorm, histolab. Below 0 for what is brighter than `intensity`. */
export function createDensityTable(intensity: number): Float64Array {
  return Float64Array.from({ length: 256 }, (_, v) => -Math.log((v + 1) / intensity));
}

/** `max(-ln(max(v, 1) / 255), 1e-6)`: StainTools and tiatoolbox, where 0 counts as 1 and nothing has no density at all. */
export function createFlooredDensityTable(): Float64Array {
  return Float64Array.from({ length: 256 }, (_, v) => Math.max(-Math.log(Math.max(v, 1) / 255), 1e-6));
}

/** Natural-log density of one unit of HistomicsTK's scale. */
export const SCALED_DENSITY_UNIT = Math.log(256) / 255;

/** HistomicsTK's "SDA": `-ln((v + 1) / 256) * 255 / ln(256)`, so that 0 has 255 and 255 has 0. */
export function createScaledDensityTable(): Float64Array {
  return Float64Array.from({ length: 256 }, (_, v) => (-Math.log((v + 1) / 256) * 255) / Math.log(256));
}

/** The brightest grey level whose density is at least `beta`, for a table that falls; -1 where none is. */
export function findBrightest(density: Float64Array, beta: number): number {
  return density.findLastIndex((value) => value >= beta);
}
