import { describe, expect, it } from 'vitest';
import { countMarked, findMarked } from '../../../../../src/preprocessing/stain-normalization/kernels/find-marked.ts';
import { sampleSlide } from '../../../../../src/preprocessing/stain-normalization/profiles/sample-slide.ts';
import { openSlide } from '../../../../../src/slide/open-slide.ts';
import type { ReadRegionOptions, Region, Slide } from '../../../../../src/slide/slide.ts';
import { TileError } from '../../../../../src/utils/errors.ts';
import { describeWithShared, sharedPath } from '../../../../support/shared-data.ts';

describeWithShared('the sample of a slide', () => {
  const path = sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs');

  it.each([
    ['in one tile, where tiles are larger', 240, 64, 1],
    ['in one tile as large', 240, 240, 1],
    ['from the corner of a tile on, where they are smaller', 240, 250, 4],
  ])('has patches about its tissue, each %s', async (_, tile, patchSize, tiles) => {
    await using slide = await openSlide(path);
    const regions: Region[] = [];
    const watched = watchReads(slide, (region) => regions.push(region));
    await sampleSlide(watched, { patches: 20, patchSize, level: 0, seed: 3 }, { mask: MASK });
    expect(slide.levels[0]).toMatchObject({ tileWidth: tile, tileHeight: tile });
    expect(regions).toHaveLength(20);
    for (const { x, y, width, height } of regions) {
      const count = (from: number, size: number) => Math.floor((from + size - 1) / tile) - Math.floor(from / tile) + 1;
      // At the slide's end they are moved in.
      if (x + width < slide.width && y + height < slide.height) expect(count(x, width) * count(y, height)).toBe(tiles);
      const covered = MASK.data.some((set, i) => {
        const [left, top] = [(i % 37) * 60, Math.floor(i / 37) * 74];
        return set === 1 && left < x + width && left + 60 > x && top < y + height && top + 74 > y;
      });
      expect(covered).toBe(true);
    }
  });

  it('goes without patches on tiles that can not be read', async () => {
    await using slide = await openSlide(path);
    const settings = { patches: 6, patchSize: 64, level: 0, seed: 3 };
    const all = await sampleSlide(slide, settings, { mask: MASK });
    let reads = 0;
    const bad: unknown[] = [];
    const torn = watchReads(slide, (_, options) => {
      if (reads++ % 3 === 1) options?.onBadTile?.(new TileError({ slide: path, level: 0, col: 0, row: 0 }, 'torn'));
    });
    const some = await sampleSlide(torn, settings, { mask: MASK, onBadTile: (error) => bad.push(error) });
    expect(bad).toHaveLength(2);
    expect(some).toMatchObject({ width: 64, height: 4 * 64 });
    const patch = (place: number) => all.data.subarray(place * 64 * 64 * 3, (place + 1) * 64 * 64 * 3);
    expect(Buffer.compare(some.data, Buffer.concat([0, 2, 3, 5].map(patch)))).toBe(0);
  });
});

/** Tissue in every seventh pixel. */
const MASK = {
  width: 37,
  height: 40,
  data: Uint8Array.from({ length: 37 * 40 }, (_, i) => (i % 7 === 0 ? 1 : 0)),
  downsample: { x: 60, y: 74 },
};

/** The slide, of whose reads someone is told. */
function watchReads(slide: Slide, onRead: (region: Region, options?: ReadRegionOptions) => void): Slide {
  return new Proxy(slide, {
    get: (target, key) =>
      key === 'readRegion'
        ? (region: Region, options?: ReadRegionOptions) => {
            onRead(region, options);
            return target.readRegion(region, options);
          }
        : Reflect.get(target, key, target),
  });
}

describe('marked pixels', () => {
  it('are found by their rank, in the order of the ranks', () => {
    const mask = Uint8Array.from({ length: 1000 }, (_, i) => (i % 3 === 0 ? 255 : 0));
    expect(countMarked(mask)).toBe(334);
    expect([...findMarked(mask, [333, 0, 7, 7, 1])]).toEqual([999, 0, 21, 21, 3]);
    expect([...findMarked(mask, [])]).toEqual([]);
    expect(countMarked(new Uint8Array(9))).toBe(0);
  });
});
