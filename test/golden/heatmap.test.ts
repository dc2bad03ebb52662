import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { COLOR_MAP_NAMES, createColorTable } from '../../src/inference/heatmap/color-maps.ts';
import { createHeatmap } from '../../src/inference/heatmap.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { describeWithOpenSlide } from '../support/openslide-oracle.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { ROOT } from '../support/shared-data.ts';

const SLIDE = { width: 2000, height: 1500 };

interface Answer {
  vendor: string;
  mpp: string;
  levels: { size: [number, number]; covered: number; opaque: number; colour: number; alpha: number }[];
  tables: Record<string, number>;
}

describeWithOpenSlide('overlays of heatmaps', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-heatmap-golden-'));
    await writeJpegSlide(join(folder, 'slide.tif'), { ...SLIDE, tile: 512, kind: () => 'none' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const draw = async (name: string, patches: readonly (readonly number[])[], downsample?: number) => {
    const scores = join(folder, `${name}.csv`);
    writeFileSync(scores, `x,y,width,height,score\n${patches.map((patch) => patch.join()).join('\n')}\n`);
    const look = { alpha: 1, topK: 0, pictureSize: 64, downsample };
    const { overlay = '', record } = await createHeatmap({
      ...{ slide: join(folder, 'slide.tif'), slideOptions: { mpp: 0.25 }, scores, out: folder, slideId: name, ...look },
    });
    const tables = Object.fromEntries(COLOR_MAP_NAMES.map((one) => [one, [...createColorTable(one)]]));
    const used = record.result?.['downsample'] as number;
    const input = JSON.stringify({ path: overlay, patches, downsample: used, colorMap: 'viridis', tables });
    const asked = spawnSync('/usr/bin/python3', [join(ROOT, 'test/golden/heatmap_oracle.py')], {
      input,
      encoding: 'utf8',
    });
    expect(asked.stderr).toBe('');
    return { overlay, downsample: used, answer: JSON.parse(asked.stdout) as Answer };
  };

  it('have the mean of the patches that overlap, at every level, as NumPy has it', async () => {
    const random = createSeededRandom(7);
    const patches = Array.from({ length: 90 }, (_, i) => [
      ...[(i % 10) * 96 + 320, Math.floor(i / 10) * 96 + 160, 192, 192],
      // Some are equal: they share their ranks.
      random.integer(0, 40),
    ]);
    const { overlay, downsample, answer } = await draw('overlap', patches);
    expect(downsample).toBe(32);
    expect(answer).toMatchObject({ vendor: 'generic-tiff', levels: [{ size: [63, 47], covered: 990, opaque: 990 }] });
    for (const { colour, alpha } of answer.levels) expect({ colour, alpha }).toEqual({ colour: 0, alpha: 0 });
    // 10,000 / (0.25 x 32) pixels a centimetre.
    expect(Number(answer.mpp)).toBeCloseTo(1250, 9);
    await using slide = await openSlide(overlay);
    expect(slide.mpp).toMatchObject({ x: 8, y: 8 });
  });

  it('average by area where patches lie between pixels', async () => {
    const random = createSeededRandom(8);
    const patches = Array.from({ length: 60 }, () => [
      ...[
        random.uniform() * 1800,
        random.uniform() * 1300,
        60 + random.uniform() * 130,
        60 + random.uniform() * 130,
        random.uniform(),
      ],
    ]);
    const { downsample, answer } = await draw('between', patches);
    expect(downsample).toBe(15);
    expect(answer.levels.map(({ size }) => size)).toEqual([[134, 100]]);
    for (const { answer: found, levels } of [
      { answer, levels: 1 },
      { answer: (await draw('finer', patches, 4)).answer, levels: 2 },
    ]) {
      expect(found.levels).toHaveLength(levels);
      for (const { colour, alpha, opaque } of found.levels)
        expect({ colour, alpha, some: opaque > 0 }).toEqual({ colour: 0, alpha: 0, some: true });
    }
    // OpenCV carries matplotlib's tables: every fifth entry is theirs, those between lie on straight lines.
    expect(answer.tables).toEqual({ viridis: 1, magma: 1 });
  });
});
