/**
 * Macenko's method as tiatoolbox computes it (luminosity threshold 0.8, 99th percentiles): tissue is what is dark once the
 * contrast is drawn out, densities have a floor, white is 255.
 */

import { createMapTransform, createStainMap } from '../apply/create-stain-map.ts';
import { createFlooredDensityTable } from '../apply/density-table.ts';
import { checkTissue, describeDegenerate } from '../fit/check-fit.ts';
import { fitMacenko } from '../fit/fit-macenko.ts';
import { markDark } from '../fit/mark-dark.ts';
import type { StainMethod } from '../stain-method.ts';
import { expectStains } from '../vectors/stain-vectors.ts';

const NAME = 'macenko-tiatoolbox';
const DENSITY = createFlooredDensityTable();

export const macenkoTiatoolbox: StainMethod = {
  name: NAME,
  usesNeighbours: false,
  reference: undefined,
  fit({ data }) {
    // Drawn out far enough, dust on glass looks like tissue: what is dark as it is tells whether there is any.
    const { tissuePixels } = markDark(data, { stretch: false });
    const counts = { pixels: data.length / 3, tissuePixels };
    const reason = checkTissue(counts);
    if (reason) return describeDegenerate(reason, counts);
    return fitMacenko(data, markDark(data, { stretch: true }), { density: DENSITY });
  },
  createTransform(source, target) {
    const map = createStainMap(expectStains(source, NAME), expectStains(target, NAME));
    return createMapTransform(DENSITY, map, { intensity: 255, over: 255 });
  },
};
