import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSlide } from '../../src/slide/open-slide.ts';
import { getLargestDifference } from '../support/compare-rasters.ts';
import { describeWithOpenSlideLibrary } from '../support/openslide-library.ts';
import { describeWithOpenSlide } from '../support/openslide-oracle.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { buildTiff, createNoiseImage } from '../support/tiny-tiff.ts';

const wsi = (name: string) => sharedPath('data', 'wsi', name);
const SVS = wsi('CMU-1-Small-Region.svs');
const COMBO = sharedPath('golden', 'inputs', 'slide_combo.tif');
const slides = {
  'CMU-1-Small-Region.svs': SVS,
  'slide_combo.tif, five levels': COMBO,
  'hamamatsu-DAPI-2-387.ndpi, strips': wsi('hamamatsu-DAPI-2-387.ndpi'),
};

// Both call the same library with the same level-0 corners, so that nothing may differ.
describeWithShared('the OpenSlide back end', () => {
  describeWithOpenSlideLibrary('against openslide-python', (library) => {
    describeWithOpenSlide('on the same library', (getOracle) => {
      it('has the same version', () => expect(library.version).toBe(getOracle().version));

      it.each(Object.entries(slides))('has the same levels, properties and images: %s', async (_name, path) => {
        const theirs = await getOracle().open(path);
        await using ours = await openSlide(path, { backend: 'openslide' });
        expect(ours.openslide?.version).toBe(library.version);
        expect(ours.format).toBe(theirs.vendor);
        expect(ours.levels.map(({ width, height }) => [width, height])).toEqual(
          theirs.levels.map(({ width, height }) => [width, height]),
        );
        const own = Object.fromEntries(ours.properties);
        // What OpenSlide leaves out of a generic TIFF and its resolution tags give.
        if (ours.mpp?.source === 'resolution-tag') {
          delete own['openslide.mpp-x'];
          delete own['openslide.mpp-y'];
        }
        expect(own).toEqual(theirs.properties);
        expect(ours.associatedImages).toEqual(theirs.associatedImages);
        for (const name of ours.associatedImages)
          expect(
            getLargestDifference(await ours.readAssociatedImage(name), await theirs.readAssociated(name)),
            name,
          ).toBe(0);
        await theirs.close();
      });

      it.each(Object.entries(slides))('has the same pixels at every level, also outside: %s', async (_name, path) => {
        const theirs = await getOracle().open(path);
        await using ours = await openSlide(path, { backend: 'openslide' });
        const random = createSeededRandom(7);
        for (const [level, { width, height, downsample }] of ours.levels.entries()) {
          for (let i = 0; i < 25; i++) {
            const size = { width: random.integer(1, 300), height: random.integer(1, 300) };
            // On the level's grid: between its pixels OpenSlide blends, which we don't.
            const x = random.integer(-100, width + 100) * Math.round(downsample.x);
            const y = random.integer(-100, height + 100) * Math.round(downsample.y);
            const region = { x, y, level, ...size };
            const [own, other] = [await ours.readRegion(region), await theirs.readRegion(region)];
            expect(getLargestDifference(own, other), JSON.stringify(region)).toBe(0);
          }
        }
        await theirs.close();
      });

      it('lays over white what a sparse file leaves out', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'slideloom-sparse-'));
        const path = join(folder, 'sparse.tif');
        try {
          const full = createNoiseImage({ width: 200, height: 150, tileWidth: 32, tileHeight: 32 });
          const chunks = full.chunks.map((chunk, i) => (i === 5 ? undefined : chunk));
          // As Aperio's: OpenSlide 3.4 takes no sparse file of others.
          const description = 'Aperio Image Library v1\r\n200x150 |AppMag = 20|MPP = 0.5';
          writeFileSync(path, buildTiff([{ ...full, chunks, description }]).bytes);
          const theirs = await getOracle().open(path);
          await using ours = await openSlide(path, { backend: 'openslide' });
          await using native = await openSlide(path, { backend: 'native' });
          const region = { x: -3, y: -2, level: 0, width: 210, height: 160 };
          const raster = await ours.readRegion(region);
          expect(getLargestDifference(raster, await theirs.readRegion(region))).toBe(0);
          expect(getLargestDifference(raster, await native.readRegion(region))).toBe(0);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      });
    });
  });

  describeWithOpenSlideLibrary('against our own formats', () => {
    it.each([
      ['CMU-1-Small-Region.svs', SVS, 0],
      // JPEG of YCbCr: our decoder and the libjpeg of OpenSlide may round otherwise; no difference was seen.
      ['slide_combo.tif', COMBO, 1],
      // Three of OpenSlide's seven levels are no levels here: they are reduced as they are read.
      ['hamamatsu-DAPI-2-387.ndpi', wsi('hamamatsu-DAPI-2-387.ndpi'), 1],
    ])('gives the pixels of every level of %s', async (_name, path, tolerance) => {
      await using ours = await openSlide(path, { backend: 'openslide' });
      await using native = await openSlide(path, { backend: 'native' });
      expect(native.openslide).toBeUndefined();
      expect([ours.mpp?.x, ours.mpp?.y]).toEqual([native.mpp?.x, native.mpp?.y]);
      const common = ours.levels.slice(0, native.levels.length);
      expect(common.map(({ downsample }) => downsample)).toEqual(native.levels.map(({ downsample }) => downsample));
      for (const [level, { width, height }] of native.levels.entries()) {
        for (let y = 0; y < height; y += 1024) {
          const region = { x: 0, y: y * 2 ** level, level, width, height: Math.min(1024, height - y) };
          const [a, b] = [await ours.readRegion(region), await native.readRegion(region)];
          expect(getLargestDifference(a, b), JSON.stringify(region)).toBeLessThanOrEqual(tolerance);
        }
      }
    });

    it('takes the pixel size that the user gives', async () => {
      await using slide = await openSlide(SVS, { backend: 'openslide', mpp: 0.3 });
      expect(slide.mpp).toEqual({ x: 0.3, y: 0.3, source: 'override' });
      expect(slide.properties.get('openslide.mpp-x')).toBe('0.3');
    });

    it('refuses associated images above the bound', async () => {
      await using slide = await openSlide(SVS, { backend: 'openslide', maxTileBytes: 1000 });
      await expect(slide.readAssociatedImage('label')).rejects.toThrow(
        /the label image of \d+ x \d+ pixels is too large/,
      );
    });

    it('leaves the event loop to others while it reads', async () => {
      await using slide = await openSlide(SVS, { backend: 'openslide', cacheBytes: 0 });
      let turns = 0;
      const count = () => {
        turns++;
        next = setImmediate(count);
      };
      let next = setImmediate(count);
      await slide.readRegion({ x: 0, y: 0, level: 0, width: 2220, height: 2967 });
      clearImmediate(next);
      // Others get their turn with each tile at least: what is done for it on this thread is its conversion and copy.
      const { tileWidth = 0, tileHeight = 0 } = slide.levels[0] ?? {};
      expect(turns).toBeGreaterThanOrEqual(Math.ceil(2220 / tileWidth) * Math.ceil(2967 / tileHeight));
    });
  });
});
