import { expect, it } from 'vitest';
import { isPlausible } from '../../../../../src/preprocessing/stain-normalization/fit/refuse-implausible.ts';
import { loadStainMethod } from '../../../../../src/preprocessing/stain-normalization/methods.ts';
import type { StainMethodName } from '../../../../../src/preprocessing/stain-normalization/options.ts';
import type { StainVectors, Vector3 } from '../../../../../src/preprocessing/stain-normalization/stain-method.ts';
import { createStainNormalizer, fitStainProfile } from '../../../../../src/preprocessing/stain-normalization.ts';
import { readStainPixels } from '../../../../golden/stain-support.ts';
import { describeWithShared } from '../../../../support/shared-data.ts';

const METHODS: readonly StainMethodName[] = ['macenko', 'macenko-tiatoolbox', 'macenko-histomicstk', 'vahadane'];

const asStains = (...stains: Vector3[]): StainVectors => ({ kind: 'stains', stains, maxConcentrations: [1, 1] });

it.each<[string, boolean, Vector3, Vector3]>([
  ["Macenko's reference", true, [0.5626, 0.7201, 0.4062], [0.2159, 0.8012, 0.5581]],
  ['haematoxylin and DAB', true, [0.65, 0.7, 0.29], [0.27, 0.57, 0.78]],
  ['eosin that lets all red through', true, [0.63, 0.74, 0.22], [-0.02, 0.98, 0.21]],
  ['green ink', false, [0.93, 0.25, 0.28], [0.27, 0.81, 0.52]],
  ['yellow ink', false, [0.36, 0.61, 0.71], [0.13, 0.33, 0.93]],
  ['light that is given off', false, [0.6, 0.75, 0.28], [-0.2, 0.8, 0.56]],
])('%s: %s', (_name, plausible, one, other) => {
  expect(isPlausible(asStains(one, other))).toBe(plausible);
  expect(isPlausible(asStains(other, one))).toBe(plausible);
});

it('has nothing to say of colours', () => {
  expect(isPlausible({ kind: 'color', mean: [50, 0, 0], deviation: [1, 1, 1] })).toBe(true);
});

describeWithShared('green pen', () => {
  const read = async (path: string) => ({ ...(await readStainPixels(path)), channels: 3 as const });

  it.each(METHODS)('is used as published, or refused: %s', async (method) => {
    const target = await read('inputs/tia_target.png');
    const pen = await read('../data/patches/histolab-tiles/no-tissue-green-pen.png');
    const published = await createStainNormalizer({ method, target });
    expect(published.transform(pen).status).toBe('normalized');
    const careful = await createStainNormalizer({ method, target, implausible: 'refuse' });
    expect(careful.transform(pen)).toMatchObject({ status: 'kept', reason: 'implausible-stains' });
    const strict = await createStainNormalizer({ method, target, implausible: 'refuse', onDegenerate: 'throw' });
    expect(() => strict.transform(pen)).toThrow(
      expect.objectContaining({ tag: 'stain', reason: 'implausible-stains' }),
    );
    await expect(createStainNormalizer({ method, target: pen, implausible: 'refuse' })).rejects.toMatchObject({
      reason: 'implausible-stains',
    });
    // As a source it is the slide's pictures that keep their colours.
    const source = await fitStainProfile(pen, { method });
    const own = await createStainNormalizer({ method, target, source, implausible: 'refuse' });
    expect(own.transform(target)).toMatchObject({ status: 'kept', reason: 'implausible-stains' });
    // Tissue is what it is without the check.
    const tissue = await read('inputs/torchstain_source_1024.png');
    expect(Buffer.compare(careful.transform(tissue).pixels, published.transform(tissue).pixels)).toBe(0);
  });

  it.each(METHODS)('is what no tile of tissue looks like: %s', async (name) => {
    const method = await loadStainMethod(name);
    const paths = [
      'torchstain_source.png',
      'torchstain_target.png',
      'tia_target.png',
      'vah_source1.png',
      'vah_target1.png',
    ];
    for (const path of [...paths, 'tcgacr_0.png', 'hl_tissue_a.png', 'cmu_0.png', 'sf_norm_tile.png', 'hl_low.png']) {
      const fit = method.fit(await readStainPixels(`inputs/${path}`));
      if (fit.status === 'fitted') expect(isPlausible(fit.statistics), path).toBe(true);
    }
  });
});
