/** Transforms that take a pixel apart into the source's stains and put it together of the target's. */
import { createMapTables, hasMapTables } from '../../../io/kernels/stain-map-tables.ts';
import { type Recomposition, recompose } from '../kernels/recompose.ts';
import { getStainLoops } from '../stain-loops.ts';
import type { PixelTransform, StainVectors } from '../stain-method.ts';
import { getStrengthRatios } from '../vectors/stain-vectors.ts';
import { composeMap, invertStains } from '../vectors/vectors.ts';

/** Each concentration is scaled by how much stronger the target's stain is; 3 x 3 by rows, from density to density. */
export function createStainMap(source: StainVectors, target: StainVectors): Float64Array {
  return composeMap(target.stains, invertStains(source.stains), getStrengthRatios(source, target));
}

export function createMapTransform(density: Float64Array, map: Float64Array, to: Recomposition): PixelTransform {
  const { intensity, over, less = 0 } = to;
  const settings = { density, map, intensity, over, offset: -less };
  // Stains that are all but parallel: their map has numbers that no table can hold.
  if (!hasMapTables(settings)) return ({ data }, out) => recompose(data, density, map, to, out);
  const tables = createMapTables(settings);
  const transform: PixelTransform = ({ data }, out) => getStainLoops().mapDensities(data, out, tables);
  return Object.assign(transform, { tables });
}
