/**
 * Macenko's method as torchstain's NumPy backend computes it (1.4.1: Io 240, alpha 1, beta 0.15), bit for bit, and as
 * HEnorm does, which differs in one rule: what is brighter than 255 becomes 254.
 * Source: M. Macenko et al., ISBI 2009, 1107-1110; reference target: github.com/mitkovetta/staining-normalization.
 */
import { createMapTransform, createStainMap } from '../apply/create-stain-map.ts';
import { createDensityTable, findBrightest } from '../apply/density-table.ts';
import { fitMacenko } from '../fit/fit-macenko.ts';
import type { StainMethod, StainVectors } from '../stain-method.ts';
import { expectStains } from '../vectors/stain-vectors.ts';

const INTENSITY = 240;
const BETA = 0.15;

const DENSITY = createDensityTable(INTENSITY);

const REFERENCE: StainVectors = {
  kind: 'stains',
  stains: [
    [0.5626, 0.7201, 0.4062],
    [0.2159, 0.8012, 0.5581],
  ],
  maxConcentrations: [1.9705, 1.0308],
};

/** What the method says, for whatever way it is computed. */
export const MACENKO = Object.freeze({
  name: 'macenko',
  intensity: INTENSITY,
  beta: BETA,
  density: DENSITY,
  brightest: findBrightest(DENSITY, BETA),
  reference: REFERENCE,
});

export const macenko: StainMethod = createMacenko(MACENKO.name, 255);
export const macenkoHenorm: StainMethod = createMacenko('macenko-henorm', 254);

function createMacenko(name: string, over: number): StainMethod {
  return {
    name,
    usesNeighbours: false,
    reference: REFERENCE,
    fit({ data }) {
      return fitMacenko(data, { brightest: MACENKO.brightest }, { density: DENSITY });
    },
    createTransform(source, target) {
      const map = createStainMap(expectStains(source, name), expectStains(target, name));
      return createMapTransform(DENSITY, map, { intensity: INTENSITY, over });
    },
  };
}
