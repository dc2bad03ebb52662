import { expect, it } from 'vitest';
import type { Region, Slide } from '../../src/slide/slide.ts';
import { getLargestDifference, measureDifference } from '../support/compare-rasters.ts';
import { findWholeCorner, withBoth } from '../support/open-both.ts';
import { describeWithOpenSlide } from '../support/openslide-oracle.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';

const REGIONS_PER_LEVEL = 200;

interface Subject {
  readonly path: string;
  /** Grey levels. JPEG of RGB is decoded by the same integers; YCbCr may be rounded otherwise by another libjpeg. */
  readonly tolerance: 0 | 1;
}

const wsi = (name: string) => sharedPath('data', 'wsi', name);
const subjects: Record<string, Subject> = {
  'CMU-1-Small-Region.svs, RGB JPEG': { path: wsi('CMU-1-Small-Region.svs'), tolerance: 0 },
  'slide_combo.tif, YCbCr JPEG': { path: sharedPath('golden', 'inputs', 'slide_combo.tif'), tolerance: 1 },
  'CMU-1-Small-Region.jpeg.tiff, YCbCr JPEG': { path: wsi('CMU-1-Small-Region.jpeg.tiff'), tolerance: 1 },
  'test_orient1.tif, grey JPEG': {
    path: sharedPath('data', 'tiff-robustness', 'large_image', 'test_orient1.tif'),
    tolerance: 0,
  },
};

describeWithShared('against OpenSlide', () => {
  describeWithOpenSlide('a slide', (getOracle) => {
    it.each(Object.entries(subjects))(`of %s: 200 random regions a level`, async (_name, { path, tolerance }) => {
      await withBoth(getOracle(), path, async (ours, theirs) => {
        for (const level of ours.levels.keys()) {
          const regions = listRandomRegions(ours, level);
          const wanted = await Promise.all(regions.map((region) => theirs.readRegion(region)));
          for (const [index, region] of regions.entries()) {
            const difference = getLargestDifference(await ours.readRegion(region), wanted[index]);
            expect(difference, JSON.stringify(region)).toBeLessThanOrEqual(tolerance);
          }
        }
      });
    });

    it.each(Object.entries(subjects))('of %s: levels', async (_name, { path }) => {
      await withBoth(getOracle(), path, async (ours, theirs) => {
        expect(ours.levels.map(({ width, height }) => ({ width, height }))).toEqual(
          theirs.levels.map(({ width, height }) => ({ width, height })),
        );
        // Two divisions and a mean, in doubles on both sides.
        ours.levels.forEach(({ downsample: { x, y } }, index) => {
          expect((x + y) / 2).toBeCloseTo(theirs.levels[index]?.downsample ?? Number.NaN, 12);
        });
      });
    });

    it.each(Object.entries(subjects))('of %s: properties', async (_name, { path }) => {
      await withBoth(getOracle(), path, async (ours, theirs) => {
        const { 'openslide.quickhash-1': _hash, ...wanted } = theirs.properties;
        for (const [key, value] of Object.entries(wanted)) {
          const mine = ours.properties.get(key);
          if (!isNumber(value)) expect(mine, key).toBe(value);
          else expect(Number(mine), key).toBeCloseTo(Number(value), 10);
        }
        const extra = [...ours.properties.keys()].filter((key) => !(key in wanted));
        expect(extra).toEqual(
          ours.mpp?.source === 'resolution-tag' ? extra.filter((key) => key.startsWith('openslide.mpp')) : [],
        );
      });
    });

    it('of CMU-1-Small-Region.svs: associated images', async () => {
      await withBoth(getOracle(), wsi('CMU-1-Small-Region.svs'), async (ours, theirs) => {
        expect(ours.associatedImages).toEqual(['label', 'macro', 'thumbnail']);
        expect(ours.associatedImages).toEqual(theirs.associatedImages);
        for (const name of ours.associatedImages) {
          const difference = getLargestDifference(
            await ours.readAssociatedImage(name),
            await theirs.readAssociated(name),
          );
          expect(difference, name).toBe(0);
        }
      });
    });

    it('of one level, between its pixels: OpenSlide blends, we take the nearest', async () => {
      await withBoth(getOracle(), subjects['slide_combo.tif, YCbCr JPEG']?.path ?? '', async (ours, theirs) => {
        const level = 2;
        const { downsample } = ours.levels[level] ?? { downsample: { x: 1, y: 1 } };
        // Half a pixel of the level to the right: the worst place there is.
        const on = {
          x: Math.round(400 * downsample.x),
          y: Math.round(300 * downsample.y),
          level,
          width: 100,
          height: 100,
        };
        const between = { ...on, x: on.x + Math.round(downsample.x / 2) };
        const read = await ours.readRegion(between);
        const exact = [await ours.readRegion(on), await ours.readRegion({ ...on, x: on.x + Math.round(downsample.x) })];
        expect(exact.some(({ data }) => Buffer.compare(data, read.data) === 0)).toBe(true);
        const blended = await theirs.readRegion(between);
        // The figures of docs/formats/README.md.
        const { largest, mean } = measureDifference(read, blended);
        expect(largest).toBe(75);
        expect(mean).toBeCloseTo(12.34, 2);
      });
    });
  });
});

/**
 * Corners on pixels of the level, up to 60 pixels outside on each side. A corner is an integer of level 0 in OpenSlide: only
 * such pixels of the level are used whose corner is one.
 */
function listRandomRegions(slide: Slide, level: number): Region[] {
  const random = createSeededRandom(`${slide.levels.length}/${level}`);
  const { width, height, downsample } = slide.levels[level] ?? { width: 0, height: 0, downsample: { x: 1, y: 1 } };
  return Array.from({ length: REGIONS_PER_LEVEL }, () => ({
    x: findWholeCorner(random.integer(-60, width), downsample.x),
    y: findWholeCorner(random.integer(-60, height), downsample.y),
    level,
    width: random.integer(1, 300),
    height: random.integer(1, 300),
  }));
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}
