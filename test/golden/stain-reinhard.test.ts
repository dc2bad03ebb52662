import { expect, it } from 'vitest';
import { loadStainMethod } from '../../src/preprocessing/stain-normalization/methods.ts';
import type { ColorMoments, RgbPixels, StainMethod } from '../../src/preprocessing/stain-normalization/stain-method.ts';
import { describeWithShared } from '../support/shared-data.ts';
import { type Agreement, applyTo, compareWithGolden, fitOrThrow, listStainGoldens, readStainPixels } from './stain-support.ts';

const PEERS = [
  { method: 'reinhard', golden: 'reinhard_plain_torchstain_numpy' },
  { method: 'reinhard-modified', golden: 'reinhard_modified_torchstain_numpy' },
  { method: 'reinhard-tiatoolbox', golden: 'reinhard_tiatoolbox' },
  { method: 'reinhard-histolab', golden: 'reinhard_histolab' },
  { method: 'reinhard-histomicstk', golden: 'reinhard_histomicstk' },
] as const;
describeWithShared('probe', () => {
  for (const { method: name, golden } of PEERS) {
    it(name, async () => {
      const method = await loadStainMethod(name);
      for (const entry of listStainGoldens(golden)) {
        const source = await readStainPixels(entry.inputs['source']!);
        const target = fitOrThrow(method, await readStainPixels(entry.inputs['target']!)) as ColorMoments;
        const from = fitOrThrow(method, source) as ColorMoments;
        const a = await compareWithGolden(source, applyTo(method, source, target), entry.outputs['norm']!);
        console.log(name, entry.id.split('__')[1], JSON.stringify(a), target.mean, target.deviation, JSON.stringify(entry.values).slice(0,300), from.deviation);
      }
    });
  }
});
