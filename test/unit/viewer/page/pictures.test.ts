import { describe, expect, it } from 'vitest';
import { listHelp } from '../../../../src/viewer/page/frame/list-help.ts';
import {
  getPictureRegion,
  getPictureSize,
  getUprightBox,
  limitScale,
} from '../../../../src/viewer/page/picture/picture-region.ts';
import { listRegionTiles } from '../../../../src/viewer/page/picture/region-tiles.ts';

describe('the picture of a region', () => {
  const grid = { width: 1000, height: 700, tileSize: 256, downsamples: [4, 1] };
  const box = { x: 0, y: 0, width: 1000, height: 700 };

  it('is made of the tiles that show it, from the coarsest level that is fine enough', () => {
    const region = { x: 250, y: 600, width: 20, height: 500 };
    expect(listRegionTiles(grid, { box, region, scale: 1 })).toEqual([
      { at: { level: 1, col: 0, row: 2 }, box: { x: 0, y: 512, width: 256, height: 188 } },
      { at: { level: 1, col: 1, row: 2 }, box: { x: 256, y: 512, width: 256, height: 188 } },
    ]);
    expect(listRegionTiles(grid, { box, region, scale: 0.25 })).toEqual([
      { at: { level: 0, col: 0, row: 0 }, box: { x: 0, y: 0, width: 1000, height: 700 } },
    ]);
    expect(listRegionTiles(grid, { box, region, scale: 0.26 })[0]?.at.level).toBe(1);
    expect(listRegionTiles(grid, { box, region: { ...region, x: 2000 }, scale: 1 })).toEqual([]);
  });

  it('finds those of a layer that is coarser than the slide, and lies beside its corner', () => {
    const layer = { x: 100, y: 0, width: 8000, height: 5600 };
    expect(listRegionTiles(grid, { box: layer, region: { x: 2148, y: 0, width: 1, height: 1 }, scale: 1 })).toEqual([
      { at: { level: 1, col: 1, row: 0 }, box: { x: 2148, y: 0, width: 2048, height: 2048 } },
    ]);
  });

  it('has whole pixels of the slide, and may be turned', () => {
    const toSlide = ({ x, y }: { x: number; y: number }) => ({ x: x * 2 + 0.3, y: y * 2 });
    const region = getPictureRegion({ x: 30, y: 10 }, { x: 10, y: 60 }, { scale: 0.5, rotation: 0, toSlide });
    expect(region).toEqual({ x: 20, y: 20, width: 40, height: 100, rotation: 0 });
    const turned = { x: 0, y: 0, width: 40, height: 20, rotation: 90 };
    const { x, y, width, height } = getUprightBox(turned);
    expect([x, y, width, height].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([10, -10, 20, 40]);
  });

  it('is not larger than browsers can draw', () => {
    expect(limitScale({ width: 1000, height: 1000 }, 1)).toBe(1);
    for (const size of [
      { width: 100_000, height: 80_000 },
      { width: 200_000, height: 10 },
    ]) {
      const { width, height } = getPictureSize(size, limitScale(size, 1));
      expect(Math.max(width, height)).toBeLessThanOrEqual(16_384);
      expect(width * height).toBeLessThanOrEqual(2 ** 26 * 1.001);
    }
  });
});

describe('the help', () => {
  it('puts keys for one thing into one line, and what they share once', () => {
    const list = [
      { keys: ['ArrowLeft'], label: 'A step' },
      { keys: ['Shift+ArrowLeft'], label: 'Far' },
      { keys: ['ArrowRight'], label: 'A step' },
      { keys: ['Shift+ArrowRight'], label: 'Far' },
      { keys: ['+', '='], label: 'Zoom in' },
      { keys: ['Control+Shift+z'], label: 'Again' },
      { keys: ['Control+y'], label: 'Again' },
    ];
    expect(listHelp(list)).toEqual([
      { label: 'A step', combinations: [['ArrowLeft'], ['ArrowRight']] },
      { label: 'Far', combinations: [['Shift', 'ArrowLeft'], ['ArrowRight']] },
      { label: 'Zoom in', combinations: [['+']] },
      {
        label: 'Again',
        combinations: [
          ['Control', 'Shift', 'z'],
          ['Control', 'y'],
        ],
      },
    ]);
  });
});
