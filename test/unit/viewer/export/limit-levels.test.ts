import { describe, expect, it } from 'vitest';
import type { PictureLayerFacts, SlideFacts } from '../../../../src/viewer/contract.ts';
import {
  describePyramid,
  getFinestDownsample,
  limitLayer,
  limitSlide,
  measureLevel,
} from '../../../../src/viewer/export/limit-levels.ts';

/** 1000 x 700 px of 0.25 µm: levels 0 to 10; 10 and 8 are stored. */
const facts = {
  id: 'a',
  width: 1000,
  height: 700,
  mpp: { x: 0.25, y: 0.25, source: 'metadata' },
  deepZoom: { tileSize: 240, levels: 11, stored: [8, 10] },
} as unknown as SlideFacts;

const limit = (limits: { finestMpp?: number; finestDownsample?: number }, storedLevels = false) => {
  const all = { finestMpp: undefined, finestDownsample: undefined, storedLevels, ...limits };
  return limitSlide(facts, getFinestDownsample(facts, all), storedLevels);
};
const count = (end: number) => Array.from({ length: end + 1 }, (_, level) => level);

describe('levels of a slide', () => {
  it.each([
    [{}, 10],
    [{ finestMpp: 0.25 }, 10],
    [{ finestMpp: 0.1 }, 10],
    [{ finestMpp: 0.5 }, 9],
    [{ finestMpp: 0.45 }, 9],
    [{ finestMpp: 1 }, 8],
    [{ finestDownsample: 16 }, 6],
  ])('%j ends at level %i', (limits, finest) => {
    expect(limit(limits).deepZoom.stored).toEqual(count(finest));
  });

  it('without those that the slide does not store', () => {
    expect(limit({}, true).deepZoom.stored).toEqual([...count(8), 10]);
    expect(limit({ finestMpp: 1 }, true).deepZoom.stored).toEqual(count(8));
    expect(limit({ finestMpp: 4 }, true).deepZoom.stored).toEqual(count(6));
  });

  it('has a descriptor where none is missing, of a picture with these levels', () => {
    expect(describePyramid(limit({}))).toContain('Width="1000" Height="700"');
    expect(describePyramid(limit({ finestMpp: 1 }))).toContain('Width="250" Height="175"');
    expect(describePyramid(limit({}, true))).toBeUndefined();
  });

  it('refuses what leaves nothing, and microns of a slide that has none', () => {
    expect(() => limit({ finestDownsample: 4096 })).toThrow(/finestDownsample/);
    const limits = { finestMpp: 1, finestDownsample: undefined, storedLevels: false };
    expect(() => getFinestDownsample({ ...facts, mpp: null }, limits)).toThrow(/needs microns per pixel/);
  });

  it('counts tiles as the server does', () => {
    const pyramid = { ...facts.deepZoom, width: 1000, height: 700 };
    expect([10, 9, 8, 0].map((level) => measureLevel(pyramid, level))).toEqual([
      { columns: 5, rows: 3 },
      { columns: 3, rows: 2 },
      { columns: 2, rows: 1 },
      { columns: 1, rows: 1 },
    ]);
  });
});

it('a layer is no finer than the slide: a smaller picture of larger pixels', () => {
  const layer = { width: 500, height: 351, levels: 10, downsample: { x: 2, y: 2 } } as PictureLayerFacts;
  expect(limitLayer(layer, 1)).toEqual(layer);
  expect(limitLayer(layer, 2)).toEqual(layer);
  expect(limitLayer(layer, 8)).toEqual({ width: 125, height: 88, levels: 8, downsample: { x: 8, y: 8 } });
});
