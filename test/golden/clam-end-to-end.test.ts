import { expect, it } from 'vitest';
import { planPatches } from '../../src/preprocessing/extract-patches.ts';
import { detectTissue } from '../../src/preprocessing/tissue-detection.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { readGolden } from './tissue-support.ts';

// CLAM's whole preprocessing script on two slides and three of its presets, against ours: tissue at CLAM's own level, its
// grid, its rule. index.json asks for Jaccard >= 0.99, as JPEG decoders may differ by a grey level; ours does not differ, so
// the test demands the same corners in the same order.
const SLIDES = {
  cmu: sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs'),
  combo: sharedPath('golden', 'inputs', 'slide_combo.tif'),
};
const PRESETS = { default: 'default', biopsy: 'bwh-biopsy', tcga: 'tcga' } as const;

describeWithShared("CLAM's create_patches_fp.py, end to end", () => {
  const cases = Object.entries(PRESETS).flatMap(([preset, clamPreset]) =>
    Object.entries(SLIDES).map(([name, path]) => ({ preset, clamPreset, name, path })),
  );

  it.each(cases)('preset $preset on $name', async ({ preset, clamPreset, name, path }) => {
    const { values } = readGolden(`clam_cli_${preset}__${name}`);
    const expected: number[][] = values.h5?.coords.data ?? [];
    expect(expected).toHaveLength(values.count);
    await using slide = await openSlide(path);
    const tissue = await detectTissue(slide, { method: 'clam', clamPreset, level: 'clam' });
    const plan = planPatches(slide, tissue, { grid: 'clam', size: 256, level: 0 });
    expect([...plan].map(({ x, y }) => [x, y])).toEqual(expected);
  });
});
