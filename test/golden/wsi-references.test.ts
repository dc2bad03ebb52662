import { describe, expect, it } from 'vitest';
import type { Raster } from '../../src/io/raster.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { getLargestDifference } from '../support/compare-rasters.ts';
import { describeWithOpenSlide, type OracleSlide } from '../support/openslide-oracle.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import {
  getSampleDifference,
  hashPixels,
  listFiles,
  openSubject,
  REFERENCES,
  type RecordedLevel,
  type RecordedRegion,
  type RecordedSlide,
  summariseLevel,
} from './wsi-references-support.ts';

/** Below shared/data/wsi, what is refused, and why. Everything else opens. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'dicom-highdicom/seg_image_sm_dots.dcm': /a segmentation, not a slide/,
  'dicom-highdicom/sm_annotations.dcm': /annotations .*, not a slide/,
  'codec-frames/JPEG_Extended_(Process_2_and_4)-GRAYSCALE-12.jpg': /12/,
  'codec-frames/JPEG_Lossless,_Non-Hierarchical_(Process_14)-GRAYSCALE-16.jpg': /lossless/i,
  'codec-frames/JPEG_Lossless,_Non-Hierarchical_(Process_14)-GRAYSCALE-8.jpg': /lossless/i,
  'codec-frames/JPEG_Lossless,_Non-Hierarchical_(Process_14)-RGB-8.jpg': /lossless/i,
  'codec-frames/JPEG_Lossless,_Non-Hierarchical_(Process_14)-YBR-8.jpg': /lossless/i,
};

/**
 * Lossy JPEG 2000 is floating-point arithmetic: builds of OpenJPEG round some samples otherwise. Two builds of 2.5.4 (of
 * imagecodecs and of Pillow) differ in 5 of 20 million samples of this file by 1; ours agrees with Pillow's. Allowed is 1 in the
 * samples that were recorded, and one in a million for the sums. Every other file allows no difference at all.
 */
const ROUNDED = ['CMU-1-Small-Region.jp2.tiff'];

/** What OpenSlide 3.4.1 reads of the folder; newer ones read more. */
const READ_BY_OPENSLIDE = [
  'CMU-1-Small-Region.jpeg.tiff',
  'CMU-1-Small-Region.svs',
  'CMU-1-Small-Region.webp.tiff',
  'hamamatsu-DAPI-2-387.ndpi',
];

describeWithShared('every file of shared/data/wsi', () => {
  const found = listFiles(sharedPath('data', 'wsi'));

  it('has a reference, and no reference is left over', () => {
    expect(Object.keys(REFERENCES).sort()).toEqual(found);
    expect(Object.keys(REFUSED).filter((name) => !found.includes(name))).toEqual([]);
  });

  const slides = found.filter((name) => REFUSED[name] === undefined);
  it.each(slides)('%s is what others decode', async (name) => {
    const wanted = findReference(name);
    await using slide = await openSubject(name);
    expect(slide.levels.map(({ width, height }) => [width, height])).toEqual(
      wanted.levels.map(({ width, height }) => [width, height]),
    );
    // The recorded decoders are lossless, or do the same integer arithmetic as ours.
    const compare = ROUNDED.includes(name) ? compareRounded : compareExactly;
    for (const [index, level] of wanted.levels.entries()) await compare(slide, index, level);
    for (const [key, { width, height, sha256 }] of Object.entries(wanted.associated)) {
      const raster = await slide.readAssociatedImage(key);
      expect([raster.width, raster.height, hashPixels(raster)], key).toEqual([width, height, sha256]);
    }
  });

  const photographs = slides.filter((name) => name.endsWith('.jpg'));
  it.each(photographs)('%s is a slide by itself too', async (name) => {
    const wanted = findReference(name);
    await using slide = await openSlide(sharedPath('data', 'wsi', name));
    expect(slide.format).toBe('image');
    for (const [index, level] of wanted.levels.entries()) await compareExactly(slide, index, level);
  });

  it.each(Object.entries(REFUSED))('%s is refused with the reason', async (name, reason) => {
    const opening = openSubject(name).then(async (slide) => {
      await using opened = slide;
      return opened.readRegion({ x: 0, y: 0, level: 0, width: 10, height: 10 });
    });
    await expect(opening).rejects.toThrow(reason);
    await expect(opening).rejects.toMatchObject({ tag: 'unsupported-format' });
  });
});

describe('a comparison with references', () => {
  it('tells a sample that is off by one', () => {
    const raster: Raster = { width: 4, height: 3, channels: 3, data: new Uint8Array(36).fill(7) };
    const region = { at: { x: 0, y: 0, width: 4, height: 3 }, hash: '' };
    const same = Buffer.alloc(36, 7);
    const other = Buffer.from(same);
    other[35] = 8;
    expect(getSampleDifference(raster, { ...region, samples: same.toString('base64') })).toBe(0);
    expect(getSampleDifference(raster, { ...region, samples: other.toString('base64') })).toBe(1);
  });
});

describeWithShared('what OpenSlide reads of shared/data/wsi', () => {
  describeWithOpenSlide('regions at random and at the edges of every level', (getOracle) => {
    it.each(READ_BY_OPENSLIDE)('%s', async (name) => {
      const theirs = await getOracle().open(sharedPath('data', 'wsi', name));
      await compareSlide(name, theirs);
    });

    it('opens no other, in the version of the list', async () => {
      const oracle = getOracle();
      const files = listFiles(sharedPath('data', 'wsi'));
      const others = files.filter((name) => !READ_BY_OPENSLIDE.includes(name));
      if (!oracle.version.startsWith('3.4.')) return;
      for (const name of others) await expect(oracle.open(sharedPath('data', 'wsi', name)), name).rejects.toThrow();
    });
  });
});

async function compareSlide(name: string, theirs: OracleSlide): Promise<void> {
  await using ours = await openSubject(name);
  try {
    for (const index of ours.levels.keys()) await compareLevel(ours, theirs, index);
  } finally {
    await theirs.close();
  }
}

async function compareExactly(slide: Slide, index: number, { regions, ...wanted }: RecordedLevel): Promise<void> {
  for (const region of regions) {
    const raster = await readRecorded(slide, index, region.at);
    // Of the two the one that says more of a difference.
    expect(getSampleDifference(raster, region), `samples of ${JSON.stringify(region.at)}`).toBe(0);
    expect(hashPixels(raster).slice(0, 16), JSON.stringify(region.at)).toBe(region.hash);
  }
  expect(await summariseLevel(slide, index), `level ${index}`).toEqual({ sha256: wanted.sha256, sums: wanted.sums });
}

async function compareRounded(slide: Slide, index: number, level: RecordedLevel): Promise<void> {
  for (const region of level.regions) {
    const raster = await readRecorded(slide, index, region.at);
    expect(getSampleDifference(raster, region), `samples of ${JSON.stringify(region.at)}`).toBeLessThanOrEqual(1);
  }
  const { sums } = await summariseLevel(slide, index);
  const largest = Math.max(...sums.map((sum, c) => Math.abs(sum - level.sums[c]!)));
  expect(largest).toBeLessThanOrEqual((level.width * level.height) / 1e6);
}

/** `at` is in pixels of the level. */
function readRecorded(slide: Slide, level: number, at: RecordedRegion['at']): Promise<Raster> {
  const { downsample } = slide.levels[level]!;
  return slide.readRegion({ ...at, x: at.x * downsample.x, y: at.y * downsample.y, level });
}

/** Of the file, or of the slide that it belongs to. */
function findReference(name: string): RecordedSlide {
  const entry = REFERENCES[name];
  if (entry && 'levels' in entry) return entry;
  if (entry && 'slide' in entry) return findReference(entry.slide);
  throw new Error(`no reference of ${name}: run scripts/references/record_wsi_references.py`);
}

/** 40 random regions, partly outside, and the four edges. Allowed: 0, as OpenSlide's libraries do the same arithmetic. */
async function compareLevel(ours: Slide, theirs: OracleSlide, level: number): Promise<void> {
  const { width, height, downsample } = ours.levels[level]!;
  expect([theirs.levels[level]?.width, theirs.levels[level]?.height]).toEqual([width, height]);
  const random = createSeededRandom(`${ours.name}/${level}`);
  const regions = Array.from({ length: 40 }, () => ({
    x: random.integer(-60, width),
    y: random.integer(-60, height),
    width: random.integer(1, 300),
    height: random.integer(1, 300),
  }));
  const [right, bottom] = [width - 5, height - 5];
  for (const y of [-3, bottom]) regions.push({ x: 0, y, width: Math.min(width, 2000), height: 8 });
  for (const x of [-3, right]) regions.push({ x, y: 0, width: 8, height: Math.min(height, 2000) });
  for (const { x, y, ...size } of regions) {
    const at = { x: x * downsample.x, y: y * downsample.y, level, ...size };
    const [mine, wanted] = [await ours.readRegion(at), await theirs.readRegion(at)];
    expect(getLargestDifference(mine, wanted), JSON.stringify(at)).toBe(0);
  }
}
