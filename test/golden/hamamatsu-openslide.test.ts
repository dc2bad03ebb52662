import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Raster } from '../../src/io/raster.ts';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openTiff } from '../../src/io/tiff/open-tiff.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { withBoth } from '../support/open-both.ts';
import { describeWithOpenSlide } from '../support/openslide-oracle.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';

const path = sharedPath('data', 'wsi', 'hamamatsu-DAPI-2-387.ndpi');
const REGIONS_PER_LEVEL = 100;

describeWithShared('Hamamatsu against OpenSlide', () => {
  describeWithOpenSlide('hamamatsu-DAPI-2-387.ndpi', (getOracle) => {
    it('has its stored levels; the others are not stored', async () => {
      await withBoth(getOracle(), path, async (ours, theirs) => {
        expect(ours.levels.map(({ width, height }) => [width, height])).toEqual([
          [3968, 4864],
          [1984, 2432],
          [992, 1216],
          [496, 608],
        ]);
        expect(theirs.levels.slice(0, 4)).toEqual(
          ours.levels.map(({ width, height, downsample }) => ({ width, height, downsample: downsample.x })),
        );
        expect(theirs.levels.length).toBe(7);
      });
    });

    // Both decode each restart interval by itself, with the same integers: no difference is allowed.
    it(`reads the same pixels: ${REGIONS_PER_LEVEL} random regions a level`, async () => {
      await withBoth(getOracle(), path, async (ours, theirs) => {
        for (const [level, { width, height, downsample }] of ours.levels.entries()) {
          const random = createSeededRandom(`ndpi/${level}`);
          for (let i = 0; i < REGIONS_PER_LEVEL; i++) {
            const region = {
              x: random.integer(-60, width) * downsample.x,
              y: random.integer(-60, height) * downsample.y,
              level,
              width: random.integer(1, 300),
              height: random.integer(1, 300),
            };
            const wanted = await theirs.readRegion(region);
            expectSame(await ours.readRegion(region), wanted, JSON.stringify(region));
          }
        }
      });
    });

    it('reads the same last rows and columns', async () => {
      await withBoth(getOracle(), path, async (ours, theirs) => {
        for (const [level, { width, height, downsample }] of ours.levels.entries()) {
          const corner = { x: (width - 200) * downsample.x, y: (height - 100) * downsample.y };
          const region = { ...corner, level, width: 210, height: 120 };
          expectSame(await ours.readRegion(region), await theirs.readRegion(region), `level ${level}`);
        }
      });
    });

    it('finds the same restart markers where they are not listed', async () => {
      const bytes = readFileSync(path);
      await using listed = createBufferSource(bytes);
      const tiff = await openTiff(listed);
      for (const { fields } of tiff?.directories ?? []) {
        const field = fields.get(65_426);
        if (!field) continue;
        const entry = Buffer.alloc(12);
        entry.writeUInt16LE(field.tag, 0);
        entry.writeUInt16LE(field.type, 2);
        entry.writeUInt32LE(field.count, 4);
        entry.writeUInt32LE(field.offset, 8);
        bytes.writeUInt16LE(60_000, bytes.indexOf(entry));
      }
      await using unlisted = await openSlide(createBufferSource(bytes, 'unlisted.ndpi'));
      await using slide = await openSlide(path);
      for (const [level, { width, height, downsample }] of slide.levels.entries()) {
        const region = { x: 0, y: Math.floor(height / 2) * downsample.y, level, width, height: Math.ceil(height / 2) };
        expectSame(await unlisted.readRegion(region), await slide.readRegion(region), `level ${level}`);
      }
    });

    it('has the same macro picture, and the map beside it', async () => {
      await withBoth(getOracle(), path, async (ours, theirs) => {
        expect(theirs.associatedImages).toEqual(['macro']);
        expectSame(await ours.readAssociatedImage('macro'), await theirs.readAssociated('macro'), 'macro');
        const map = await ours.readAssociatedImage('map');
        expect([map.width, map.height]).toEqual([594, 203]);
        // 1 is a region that holds something, 0 is none.
        expect(new Set(map.data)).toEqual(new Set([0, 1]));
      });
    });

    it('has the same properties', async () => {
      await withBoth(getOracle(), path, async (ours, theirs) => {
        const { 'openslide.quickhash-1': _hash, 'openslide.level-count': _count, ...wanted } = theirs.properties;
        for (const [key, value] of Object.entries(wanted)) {
          if (/^openslide\.level\[[456]\]/.test(key)) continue;
          const mine = ours.properties.get(key);
          if (/^openslide\.mpp/.test(key)) expect(Number(mine), key).toBeCloseTo(Number(value), 12);
          else expect(mine, key).toBe(value);
        }
        const extra = [...ours.properties.keys()].filter((key) => !(key in theirs.properties));
        expect(extra).toEqual([]);
        expect(ours.mpp?.x).toBeCloseTo(0.2282, 4);
        expect(ours.objectivePower).toBe(40);
      });
    });
  });
});

function expectSame(ours: Raster, theirs: Raster, what: string): void {
  expect([ours.width, ours.height], what).toEqual([theirs.width, theirs.height]);
  expect(Buffer.compare(ours.data, theirs.data), what).toBe(0);
}
