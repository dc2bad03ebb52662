import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../../../src/io/source/buffer-source.ts';
import { compareLevels } from '../../../../src/preprocessing/validate-slide/compare-levels.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import { describeWithShared, sharedPath } from '../../../support/shared-data.ts';
import { buildTiff } from '../../../support/tiny-tiff.ts';

type Paint = (x: number, y: number) => number;

/** Blobs of some 40 level-0 pixels on glass, none like another. */
const tissue: Paint = (x, y) =>
  200 + 50 * Math.sin(x / 23 + 3 * Math.sin(y / 61)) * Math.cos(y / 29 + 2 * Math.sin(x / 47));

/** An uncompressed grey level in one strip; pixel (x, y) is painted at level-0 (x, y) * step. */
function createLevel(width: number, height: number, paint: Paint, step: number) {
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.max(0, Math.min(255, paint(((i % width) + 0.5) * step, (Math.floor(i / width) + 0.5) * step)));
  }
  return { width, height, samples: 1, photometric: 1, chunks: [data] };
}

async function compare(second: Paint, third: Paint = tissue) {
  const reduced = { tags: [{ tag: 254, type: 4, values: [1] }] };
  const { bytes } = buildTiff([
    createLevel(1024, 768, tissue, 1),
    { ...createLevel(256, 192, second, 4), ...reduced },
    { ...createLevel(128, 96, third, 8), ...reduced },
  ]);
  await using slide = await openSlide(createBufferSource(bytes, 'levels.tif'));
  expect(slide.levels).toHaveLength(3);
  const findings = await compareLevels(slide, { seed: 1 });
  return findings.map(({ code, level }) => [code, level]);
}

const mismatches = (...levels: number[]) => levels.map((level) => ['level-mismatch', level]);

describe('a level beside the one above it', () => {
  it('passes where it shows the same', async () => {
    expect(await compare(tissue)).toEqual([]);
  });

  it('passes sharpened, brighter, flatter, or half a pixel beside', async () => {
    expect(await compare((x, y) => 200 + 1.4 * (tissue(x, y) - 200))).toEqual([]);
    expect(await compare((x, y) => tissue(x, y) + 15)).toEqual([]);
    expect(await compare((x, y) => 200 + 0.6 * (tissue(x, y) - 200))).toEqual([]);
    expect(await compare((x, y) => tissue(x + 2, y - 2))).toEqual([]);
  });

  it('is reported where it lies elsewhere; so is the one below, which shows another picture than it', async () => {
    expect(await compare((x, y) => tissue(x + 200, y + 90))).toEqual(mismatches(1, 2));
  });

  it('is reported upside down, mirrored, or in negative', async () => {
    expect(await compare((x, y) => tissue(x, 768 - y))).toEqual(mismatches(1, 2));
    expect(await compare(tissue, (x, y) => tissue(1024 - x, y))).toEqual(mismatches(2));
    expect(await compare(tissue, (x, y) => 400 - tissue(x, y))).toEqual(mismatches(2));
  });

  it('is reported where it is black', async () => {
    expect(await compare(tissue, () => 0)).toEqual(mismatches(2));
  });
});

describeWithShared('levels of real and generated slides', () => {
  it.each([
    ['golden/inputs/slide_combo.tif', 5],
    ['data/wsi/hamamatsu-DAPI-2-387.ndpi', 4],
    ['data/tiff-robustness/large_image/test_orient1.tif', 3],
  ])('%s: none differs from the one above', async (path, least) => {
    await using slide = await openSlide(sharedPath(path));
    expect(slide.levels.length).toBeGreaterThanOrEqual(least);
    for (const seed of [1, 2, 3]) expect(await compareLevels(slide, { seed })).toEqual([]);
  });
});
