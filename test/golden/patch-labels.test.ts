import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { extractPatches } from '../../src/preprocessing/extract-patches.ts';
import { writeMask } from '../../src/preprocessing/xml-to-mask.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { describeWithShared, ROOT, sharedPath } from '../support/shared-data.ts';

// A real slide with annotations that QuPath wrote: the labels of its patches against NumPy's counts over the mask as Pillow
// reads it. Shares are written with nine decimals, hence the tolerance.
const TOLERANCE = 5.1e-10;
const resultSchema = z.strictObject({
  ...{ rows: z.int(), mixed: z.int(), worst: z.number(), wrong: z.int(), names: z.array(z.string()) },
});

const SLIDE = sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs');
const DRAWN = sharedPath('data', 'annotations', 'geojson', 'wsireg-polygons.geojson');

/** The outlines are all of one class: here each has its own. */
function nameFeatures(features: readonly Record<string, unknown>[]): object[] {
  const names = ['first', 'second', 'third'];
  return features.map((feature, at) => ({ ...feature, properties: { classification: { name: names[at] } } }));
}

function askNumpy(mask: string, table: string, downsample: number, span: number) {
  const script = join(ROOT, 'test/golden/patch_labels_oracle.py');
  const { stdout, stderr } = spawnSync('/usr/bin/python3', [script, mask, table, `${downsample}`, `${span}`], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return resultSchema.parse(JSON.parse(stdout));
}

describeWithShared('labels of patches, counted by NumPy', () => {
  let folder: string;
  let drawing: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-label-golden-'));
    drawing = join(folder, 'drawn.geojson');
    writeFileSync(drawing, JSON.stringify(nameFeatures(JSON.parse(readFileSync(DRAWN, 'utf8')))));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    { downsample: 1, size: 128, level: 0, extension: 'tif' },
    { downsample: 3, size: 200, level: 0, extension: 'tif' },
    { downsample: 2.5, size: 96, level: 0, extension: 'png' },
  ])('$extension at downsample $downsample, patches of $size', async ({ downsample, size, level, extension }) => {
    await using slide = await openSlide(SLIDE);
    const mask = join(folder, `mask-${downsample}.${extension}`);
    const format = extension === 'png' ? 'png' : 'tiff';
    await writeMask(drawing, slide, mask, { downsample, format, tileSize: 128 });
    const out = join(folder, `out-${downsample}`);
    const options = { size, level, edge: 'pad', format: 'coordinates', overview: false } as const;
    const { table, counts } = await extractPatches(slide, { out, ...options, labels: { mask } });
    const { rows, mixed, worst, wrong, names } = askNumpy(mask, table, downsample, size);
    expect(rows).toBe(counts.written);
    expect(names).toEqual(['background', 'first', 'second', 'third']);
    // Patches with an edge of an annotation in them: else there would be nothing to count.
    expect(mixed).toBeGreaterThan(20);
    expect(worst).toBeLessThan(TOLERANCE);
    expect(wrong).toBe(0);
  });

  it('sees a label that is wrong', async () => {
    await using slide = await openSlide(SLIDE);
    const mask = join(folder, 'planted.tif');
    await writeMask(drawing, slide, mask, { downsample: 4 });
    const out = join(folder, 'planted');
    const options = { size: 256, level: 0, format: 'coordinates', overview: false } as const;
    const { table } = await extractPatches(slide, { out, ...options, labels: { mask } });
    const text = readFileSync(table, 'utf8');
    writeFileSync(table, text.replace(/,background,0,1,/, ',background,0,0.999,'));
    expect(askNumpy(mask, table, 4, 256).worst).toBeCloseTo(0.001, 6);
  });
});
