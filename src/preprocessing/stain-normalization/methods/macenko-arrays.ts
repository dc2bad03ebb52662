/**
 * `macenko` the naive way, that of array programs which never free an array in between. Memory: 136 bytes a pixel, all alive until
 * the picture is done. What decides and rounds is that of `macenko`, and so are the bytes.
 */
import { createStainMap } from '../apply/create-stain-map.ts';
import { fitMacenko } from '../fit/fit-macenko.ts';
import { computePercentile } from '../kernels/percentile.ts';
import {
  listAngles,
  listDensities,
  listLevels,
  multiplyRows,
  pickColumn,
  selectDense,
} from '../kernels/stain-arrays.ts';
import type { StainMethod } from '../stain-method.ts';
import { expectStains } from '../vectors/stain-vectors.ts';
import { invertStains } from '../vectors/vectors.ts';
import { MACENKO } from './macenko.ts';

/** One for a thread: it holds the arrays of the picture that is being normalised. */
export function createMacenkoArrays(): StainMethod {
  const { name, density, beta, brightest, intensity, reference } = MACENKO;
  const kept: Float64Array[] = [];
  const keep = (array: Float64Array): Float64Array => {
    kept.push(array);
    return array;
  };
  return {
    name,
    usesNeighbours: false,
    reference,
    fit({ data }) {
      kept.length = 0;
      const densities = keep(listDensities(data, density));
      const tissue = keep(selectDense(densities, beta));
      const rule = {
        density,
        findAngles: (axes: Parameters<typeof multiplyRows>[1], alpha: number) => {
          const angles = keep(listAngles(keep(multiplyRows(tissue, axes))));
          return [computePercentile(angles, alpha), computePercentile(angles, 100 - alpha)] as const;
        },
        measure: (_rgb: Uint8Array, _density: Float64Array, stains: Parameters<typeof invertStains>[0]) => {
          const rows = invertStains(stains);
          const strengths = keep(multiplyRows(densities, rows));
          return rows.map((_, stain) => computePercentile(pickColumn(strengths, stain, rows.length), 99));
        },
      };
      return fitMacenko(data, { brightest }, rule);
    },
    createTransform(source, target) {
      const map = createStainMap(expectStains(source, name), expectStains(target, name));
      const rows = [0, 3, 6].map((at) => map.subarray(at, at + 3));
      return ({ data }, out) => {
        // Those of the fit, if there was one, may be of another picture.
        kept.shift();
        const changed = keep(multiplyRows(keep(listDensities(data, density)), rows));
        out.set(keep(listLevels(changed, intensity)));
        kept.length = 0;
      };
    },
  };
}
