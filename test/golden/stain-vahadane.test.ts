import { expect, it } from 'vitest';
import { createFlooredDensityTable } from '../../src/preprocessing/stain-normalization/density-table.ts';
import { gatherMarked } from '../../src/preprocessing/stain-normalization/kernels/gather-marked.ts';
import { learnStains } from '../../src/preprocessing/stain-normalization/learn-stains.ts';
import { markDark } from '../../src/preprocessing/stain-normalization/mark-dark.ts';
import { vahadane } from '../../src/preprocessing/stain-normalization/methods/vahadane.ts';
import type { RgbPixels, StainVectors, Vector3 } from '../../src/preprocessing/stain-normalization/stain-method.ts';
import { describeWithShared } from '../support/shared-data.ts';
import { compareWithGolden, fitOrThrow, listStainGoldens, readStainPixels } from './stain-support.ts';

describeWithShared('probe', () => {
  it('p', async () => {
    for (const entry of listStainGoldens('vahadane_staintools_standin')) {
      const source = await readStainPixels(entry.inputs['source']!);
      const { mask, tissuePixels } = markDark(source.data, { stretch: false });
      const t0 = performance.now();
      const l = learnStains(gatherMarked(source.data, mask, tissuePixels), createFlooredDensityTable());
      const t1 = performance.now();
      const fit = vahadane.fit(source);
      const t2 = performance.now();
      console.log(entry.id, JSON.stringify(l), JSON.stringify(fit), JSON.stringify(entry.values), t1 - t0, t2 - t1);
    }
  });
});
