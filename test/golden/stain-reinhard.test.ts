import { expect, it } from 'vitest';
import { loadStainMethod } from '../../src/preprocessing/stain-normalization/methods.ts';
import type { ColorMoments, RgbPixels, StainMethod } from '../../src/preprocessing/stain-normalization/stain-method.ts';
import { describeWithShared } from '../support/shared-data.ts';
import {
  applyTo,
  compareWithGolden,
  fitOrThrow,
  largestDifference,
  listStainGoldens,
  readStainPixels,
} from './stain-support.ts';

function fitMoments(method: StainMethod, pixels: RgbPixels): ColorMoments {
  const statistics = fitOrThrow(method, pixels);
  if (statistics.kind !== 'color') throw new Error('moments expected');
  return statistics;
}

/** The stored part is equal, and the whole has the hash of the peer's bytes. */
const IDENTICAL = { max: 0, equal: 1, identical: true };

describeWithShared('colour transfer of Reinhard is that of its peers', () => {
  it.each(['reinhard-tiatoolbox', 'reinhard-histolab', 'reinhard-histomicstk'] as const)(
    '%s: every byte',
    async (name) => {
      const method = await loadStainMethod(name);
      const goldens = listStainGoldens(name.replaceAll('-', '_'));
      const target = fitMoments(method, await readStainPixels(goldens[0]!.inputs['target']!));
      for (const entry of goldens) {
        expect(entry.inputs['target']).toBe(goldens[0]!.inputs['target']);
        const source = await readStainPixels(entry.inputs['source']!);
        const from = fitMoments(method, source);
        const out = new Uint8Array(source.data.length);
        method.createTransform(from, target)(source, out);
        expect(await compareWithGolden(source, out, entry.outputs['norm']!), entry.id).toEqual(IDENTICAL);
        const of = entry.values.source_means_stds ?? entry.values.source;
        // The same numbers but for the order of sums.
        if (of) expect(largestDifference([from.mean, from.deviation], of), entry.id).toBeLessThan(1e-9);
        const means = entry.values.target_means ?? entry.values.target_mu;
        const deviations = entry.values.target_stds ?? entry.values.target_sigma;
        expect(largestDifference([target.mean, target.deviation], [means, deviations])).toBeLessThan(1e-9);
      }
    },
  );

  it.each([
    ['reinhard', 'reinhard_plain_torchstain_numpy'],
    ['reinhard-modified', 'reinhard_modified_torchstain_numpy'],
  ] as const)(
    '%s: within 1 level of torchstain, which counts in float32, and hardly ever that',
    async (name, golden) => {
      const method = await loadStainMethod(name);
      const goldens = listStainGoldens(golden);
      const target = fitMoments(method, await readStainPixels(goldens[0]!.inputs['target']!));
      for (const entry of goldens) {
        expect(entry.inputs['target']).toBe(goldens[0]!.inputs['target']);
        const source = await readStainPixels(entry.inputs['source']!);
        const { target_means, target_stds } = entry.values;
        // Its sums of 10^6 float32 values are good to seven digits.
        expect(largestDifference([target.mean, target.deviation], [target_means, target_stds])).toBeLessThan(5e-5);
        const { max, equal } = await compareWithGolden(source, applyTo(method, source, target), entry.outputs['norm']!);
        expect(max, entry.id).toBeLessThanOrEqual(1);
        // reference.md asks for 99.9 %; seen are 99.995 %.
        expect(equal, entry.id).toBeGreaterThanOrEqual(0.9999);
      }
    },
  );
});
