import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide, renderSyntheticTruth, SYNTHETIC_CLASSES } from '../../src/slide/synthetic-slide.ts';
import { describeWithOpenSlide } from '../support/openslide-oracle.ts';

const CASES = [
  { width: 4608, height: 3584, seed: 2, tileSize: 256, mpp: 0.5 },
  { width: 4100, height: 3001, seed: 9, tileSize: 240, mpp: 0.25, penMark: false },
] as const;

let folder = '';
const paths: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'synthetic-openslide-'));
  for (const options of CASES) {
    const path = join(folder, `${options.seed}.svs`);
    await createSyntheticSlide(path, options);
    paths.push(path);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describeWithOpenSlide('a generated slide in OpenSlide', (getOracle) => {
  test.each([0, 1])('case %i is an Aperio slide with its levels and pages', async (index) => {
    const options = CASES[index]!;
    const slide = await getOracle().open(paths[index]!);
    expect(slide.vendor).toBe('aperio');
    const sizes = [1, 4].map((factor) => [Math.floor(options.width / factor), Math.floor(options.height / factor)]);
    expect(slide.levels.slice(0, 2).map((level) => [level.width, level.height])).toEqual(sizes);
    expect(Number(slide.properties['openslide.mpp-x'])).toBe(options.mpp);
    expect(slide.properties['openslide.objective-power']).toBe(options.mpp === 0.5 ? '20' : '40');
    expect(slide.properties['openslide.level[0].tile-width']).toBe(String(options.tileSize));
    expect([...slide.associatedImages].sort()).toEqual(['label', 'macro', 'thumbnail']);
    const label = await slide.readAssociated('label');
    expect([label.width, label.height]).toEqual([400, 440]);
    // LZW is lossless: the paper's colour comes back as it was set.
    expect([...label.data.subarray(0, 3)]).toEqual([250, 249, 244]);
    await slide.close();
  });

  test('a coarser level is the mean of the finer one', async () => {
    const slide = await getOracle().open(paths[0]!);
    const fine = await slide.readRegion({ x: 2048, y: 1536, level: 0, width: 2048, height: 2048 });
    const coarse = await slide.readRegion({ x: 2048, y: 1536, level: 1, width: 512, height: 512 });
    let [difference, worst] = [0, 0];
    for (let i = 0; i < coarse.data.length; i++) {
      const [pixel, channel] = [Math.floor(i / 3), i % 3];
      const at = ((pixel % 512) * 4 + Math.floor(pixel / 512) * 4 * 2048) * 3 + channel;
      let sum = 0;
      for (let y = 0; y < 4; y++) for (let x = 0; x < 4; x++) sum += fine.data[at + (y * 2048 + x) * 3]!;
      const off = Math.abs(sum / 16 - coarse.data[i]!);
      difference += off / coarse.data.length;
      worst = Math.max(worst, off);
    }
    // Two JPEGs of quality 80 with halved chroma lie between them: a few grey levels on average.
    expect(difference).toBeLessThan(6);
    expect(worst).toBeLessThan(110);
    await slide.close();
  });

  test.each([0, 1])('tissue lies where the truth of case %i says', async (index) => {
    const slide = await getOracle().open(paths[index]!);
    const level = slide.levels.length - 1;
    const { width, height, downsample } = slide.levels[level]!;
    const picture = await slide.readRegion({ x: 0, y: 0, level, width, height });
    const truth = renderSyntheticTruth(CASES[index]!, Math.round(downsample));
    let [both, either] = [0, 0];
    for (let row = 0; row < height; row++) {
      for (let col = 0; col < width; col++) {
        const known = truth.classes[row * truth.width + col]!;
        if (known === SYNTHETIC_CLASSES.pen || known === SYNTHETIC_CLASSES.fat) continue;
        const [r, g, b] = picture.data.subarray((row * width + col) * 3, (row * width + col) * 3 + 3);
        const seen = Math.max(r!, g!, b!) - Math.min(r!, g!, b!) > 10;
        if (seen && known > 0) both++;
        if (seen || known > 0) either++;
      }
    }
    // What is missing are white gaps: lumina of glands and clefts between the fibres.
    expect(both / either).toBeGreaterThan(0.85);
    await slide.close();
  });

  test('our own reader sees the same pixels', async () => {
    const theirs = await getOracle().open(paths[0]!);
    await using ours = await openSlide(paths[0]!);
    expect([ours.format, ours.mpp?.x, ours.objectivePower]).toEqual(['aperio', 0.5, 20]);
    for (const level of [0, 1]) {
      const region = { x: 2300, y: 1700, level, width: 600, height: 500 };
      const [a, b] = [await ours.readRegion(region), await theirs.readRegion(region)];
      let worst = 0;
      for (let i = 0; i < a.data.length; i++) worst = Math.max(worst, Math.abs(a.data[i]! - b.data[i]!));
      // Two builds of libjpeg on YCbCr: at most one grey level.
      expect(worst).toBeLessThanOrEqual(1);
    }
    await theirs.close();
  });
});
