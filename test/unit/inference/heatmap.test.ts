import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseDownsample } from '../../../src/inference/heatmap/choose-downsample.ts';
import { createColorTable } from '../../../src/inference/heatmap/color-maps.ts';
import { drawTiles } from '../../../src/inference/heatmap/draw-tiles.ts';
import { normalizeScores } from '../../../src/inference/heatmap/normalize-scores.ts';
import { resolveHeatmap } from '../../../src/inference/heatmap/options.ts';
import type { RawValues } from '../../../src/inference/heatmap/patch-values.ts';
import { placeValues } from '../../../src/inference/heatmap/place-values.ts';
import { readScoreTable } from '../../../src/inference/heatmap/read-score-table.ts';
import { rankPatches } from '../../../src/inference/heatmap/render-sheet.ts';

const SLIDE = {
  name: 'one.svs',
  width: 1000,
  height: 800,
  mpp: { x: 0.5, y: 0.25, source: 'metadata' as const },
  levels: [],
};
const OPEN = { normalize: 'auto', percentiles: [1, 99] } as const;

describe('numbers become shares', () => {
  const values = Float64Array.of(3, 1, 1, 8);
  it.each([
    // (less + (equal + 1) / 2) / 4
    ['rank', [0.75, 0.375, 0.375, 1], [1, 2, 8]],
    ['minmax', [2 / 7, 0, 0, 1], [1, 4.5, 8]],
    ['none', [1, 1, 1, 1], [0, 0.5, 1]],
  ] as const)('by %s', (normalize, expected, ticks) => {
    const { shares, toValue } = normalizeScores({ values, kind: 'other' }, { ...OPEN, normalize });
    expect([...shares]).toEqual(expected);
    expect([0, 0.5, 1].map(toValue)).toEqual(ticks);
  });

  it('by percentiles, with straight lines between patches as numpy.percentile', () => {
    const many = Float64Array.from({ length: 11 }, (_, i) => i * i);
    const { shares, toValue } = normalizeScores(
      { values: many, kind: 'attention' },
      { normalize: 'percentile', percentiles: [5, 90] },
    );
    // numpy.percentile([0, 1, 4, ... 100], [5, 90]) is 0.5, 81
    expect([toValue(0), toValue(1)]).toEqual([0.5, 81]);
    expect([shares[0], shares[10], shares[9]]).toEqual([0, 1, 1]);
    expect(shares[4]).toBeCloseTo(15.5 / 80.5, 12);
  });

  it('as they are where they are probabilities; alike in the middle', () => {
    const alike = Float64Array.of(0.2, 0.2);
    expect([...normalizeScores({ values: alike, kind: 'probability' }, OPEN).shares]).toEqual([0.2, 0.2]);
    expect([...normalizeScores({ values: alike, kind: 'other' }, { ...OPEN, normalize: 'minmax' }).shares]).toEqual([
      0.5, 0.5,
    ]);
  });
});

describe('colour maps', () => {
  const read = (name: Parameters<typeof createColorTable>[0], entry: number) => [
    ...createColorTable(name).subarray(entry * 3, entry * 3 + 3),
  ];
  it.each([
    ['viridis', [68, 1, 84], [253, 231, 37]],
    ['magma', [0, 0, 4], [252, 253, 191]],
    ['jet', [0, 0, 128], [128, 0, 0]],
    ['coolwarm', [59, 76, 192], [180, 4, 38]],
    ['greys', [255, 255, 255], [0, 0, 0]],
  ] as const)('%s begins and ends where it is said to', (name, low, high) => {
    expect([read(name, 0), read(name, 255)]).toEqual([low, high]);
  });

  it("has Moreland's quarters of coolwarm, within a level", () => {
    // His table of 33 colours has 141,176,254 at 1/4 and 221,221,221 at 1/2; entry 64 lies 1/1020 beyond a quarter.
    for (const [entry, color] of [
      [64, [141, 176, 254]],
      [128, [221, 221, 221]],
    ] as const)
      for (const [k, level] of read('coolwarm', entry).entries())
        expect(Math.abs(level - (color[k] ?? 0))).toBeLessThanOrEqual(2);
  });
});

describe('the grid of an overlay', () => {
  const column = (...values: number[]) => Float64Array.from(values);
  const make = (x: number[], side: number) => ({
    ...{ name: 'score', kind: 'other' as const, x: column(...x), y: column(0, 0), values: column(1, 2) },
    ...{ width: column(side, side), height: column(side, side) },
  });
  it.each([
    ['the largest up to 32 that divides all', make([448, 1344], 448), 32],
    ['a divisor that is no power of two', make([240, 720], 240), 30],
    ['16 where corners have little in common', make([3, 451], 448), 16],
    ['16 where patches span fractions', make([0, 448.3], 448.3), 16],
    ['a quarter of a small patch', make([0, 20], 20), 5],
  ] as const)('%s', (_, patches, expected) => {
    expect(chooseDownsample(patches)).toBe(expected);
  });

  it('goes from patch to patch without steps where it is smooth, and no further than the patches', () => {
    const two = make([0, 64], 64);
    const drawing = {
      boxes: { ...two, shares: column(0, 1) },
      colors: { table: createColorTable('greys'), alpha: 1, threshold: 0 },
      smooth: true,
    };
    const [tile] = drawTiles(drawing, { width: 40, height: 20, downsample: { x: 4, y: 4 } }, 256);
    const at = (x: number, y: number) => [...(tile?.pixels?.subarray((y * 40 + x) * 4, (y * 40 + x) * 4 + 4) ?? [])];
    // Centres of patches are at 8 and 24; pixel 15 spans 15 to 16. From 8 on it goes straight: (15.5 - 8) / 16.
    expect(at(15, 3)).toEqual([...new Array(3).fill(255 - Math.round((255 * 7.5) / 16)), 255]);
    expect(at(2, 3)).toEqual([255, 255, 255, 255]);
    expect([at(31, 15)[3], at(32, 3)[3], at(3, 16)[3]]).toEqual([255, 0, 0]);
  });

  it('leaves clear what is below the threshold', () => {
    const drawing = {
      boxes: { ...make([0, 64], 64), shares: column(0.4, 0.6) },
      colors: { table: createColorTable('jet'), alpha: 0.5, threshold: 0.5 },
      smooth: false,
    };
    const [tile] = drawTiles(drawing, { width: 2, height: 1, downsample: { x: 64, y: 64 } }, 256);
    expect([tile?.pixels?.[3], tile?.pixels?.[7]]).toEqual([0, 128]);
  });
});

describe('patches on a slide', () => {
  const raw = (more: Partial<RawValues>): RawValues => ({
    ...{ source: 'scores.csv', name: 'score', kind: 'other', unit: 'px', notices: [] },
    ...{ x: Float64Array.of(0, 96, 192), y: Float64Array.of(0, 0, 96), values: Float64Array.of(1, 2, 3) },
    ...{ width: new Float64Array(3).fill(128), height: new Float64Array(3).fill(128), ...more },
  });
  const unknown = { width: new Float64Array(3).fill(Number.NaN), height: new Float64Array(3).fill(Number.NaN) };

  it('leave out those without a number, and say so', () => {
    const { patches, withoutValue, notices } = placeValues(
      raw({ values: Float64Array.of(1, Number.NaN, Infinity) }),
      SLIDE,
      undefined,
    );
    expect([[...patches.x], withoutValue, notices]).toEqual([[0], 2, ['2 patches have no score and are left out']]);
  });

  it('span the step of their grid where nothing says it, or what the caller says', () => {
    const found = placeValues(raw(unknown), SLIDE, undefined);
    expect([...found.patches.width]).toEqual([96, 96, 96]);
    expect(found.notices[0]).toContain('96 px');
    const given = placeValues(raw(unknown), SLIDE, 128);
    expect([[...given.patches.height], given.notices]).toEqual([[128, 128, 128], []]);
    const alone = raw({ ...unknown, x: Float64Array.of(1, 2, 3), y: Float64Array.of(1, 2, 3) });
    expect(() => placeValues(alone, SLIDE, undefined)).toThrow(/`patchSpan`/);
  });

  it('come from microns by the pixel size of each axis', () => {
    const { patches } = placeValues(raw({ unit: 'um' }), SLIDE, undefined);
    expect([patches.x[1], patches.y[2], patches.width[0], patches.height[0]]).toEqual([192, 384, 256, 512]);
    expect(() => placeValues(raw({ unit: 'um' }), { ...SLIDE, mpp: undefined }, undefined)).toThrow(
      /microns per pixel/,
    );
  });

  it('are refused beside the slide, and taken at its edge', () => {
    const place = (x: number) => placeValues(raw({ x: Float64Array.of(0, 96, x) }), SLIDE, undefined).patches.x[2];
    expect([place(999), place(-127)]).toEqual([999, -127]);
    for (const x of [1000, -128]) expect(() => place(x)).toThrow(/does not lie on one.svs, which has 1000 x 800 px/);
  });

  it('are ranked by their numbers, of equal ones the first', () => {
    const values = Float64Array.of(2, 5, 2, 9, 2);
    expect(rankPatches(values, 3, 1)).toEqual([3, 1, 0]);
    expect(rankPatches(values, 9, -1)).toEqual([0, 2, 4, 1, 3]);
  });
});

describe('tables of scores', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-heatmap-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const read = (text: string, more: { value?: string; slide?: typeof SLIDE | object } = {}) => {
    const path = join(folder, 'scores.csv');
    writeFileSync(path, text);
    const slide = { ...SLIDE, ...more.slide } as typeof SLIDE;
    return readScoreTable(path, { value: more.value, names: ['one', 'one.svs'], slide });
  };

  it('are what predict slides writes: attention first, a class by its name', async () => {
    const text =
      'x,y,width,height,attention,probability_normal,probability_tumour\n0,8,64,32,0.25,0.9,0.1\n64,8,64,32,,0.2,0.8\n';
    const attention = await read(text);
    expect(attention).toMatchObject({ name: 'attention', kind: 'attention', unit: 'px' });
    expect([[...attention.values], [...attention.width], [...attention.height]]).toEqual([
      [0.25, Number.NaN],
      [64, 64],
      [32, 32],
    ]);
    expect(await read(text, { value: 'normal' })).toMatchObject({
      ...{ name: 'normal', kind: 'probability', values: Float64Array.of(0.9, 0.2) },
    });
  });

  it('may hold several slides, microns, or patches by size and pixel size or level', async () => {
    const several = await read('slide,x,y,score\none,1,2,3\ntwo,4,5,6\none.svs,7,8,9\n');
    expect([[...several.x], [...several.values]]).toEqual([
      [1, 7],
      [3, 9],
    ]);
    expect(await read('x_um,y_um,width_um,height_um,attention\n1,2,3,4,5\n')).toMatchObject({
      unit: 'um',
      width: Float64Array.of(3),
    });
    const cut = await read('x,y,level,mpp,size,probability_a,probability_b\n0,0,,1,200,0.5,0.5\n');
    expect([cut.name, cut.width[0], cut.height[0]]).toEqual(['b', 400, 800]);
    const level = await read('x,y,level,mpp,size,score_a\n0,0,0,1,200,1\n', {
      ...{ value: 'a', slide: { levels: [{ downsample: { x: 4, y: 4.5 } }] } },
    });
    expect([level.kind, level.width[0], level.height[0]]).toEqual(['other', 800, 900]);
  });

  it.each([
    ['a,b\n1,2\n', undefined, /no columns x and y: it has a, b/],
    ['x,y,foo,bar\n1,2,3,4\n', undefined, /no column of scores that is the only one: it has x, y, foo, bar/],
    ['x,y,foo\n1,2,3\n', 'bar', /no column or class bar/],
    ['x,y,foo\n1,,3\n', 'foo', /line 2: x or y is no number/],
    ['slide,x,y,foo\ntwo,1,2,3\n', 'foo', /no row of the slide one/],
    ['', undefined, /an empty file/],
  ])('are refused: %j', async (text, value, message) => {
    await expect(read(text, { ...(value && { value }) })).rejects.toThrow(message);
  });
});

it.each([
  [{}, '`scores`'],
  [{ scores: 'a.csv', features: 'b.h5', model: 'm.onnx' }, '`scores`'],
  [{ features: 'b.h5' }, '`model`'],
  [{ scores: 'a.csv', alpha: 2 }, '`alpha`'],
  [{ scores: 'a.csv', percentiles: [9, 3] }, '`percentiles`'],
  [{ scores: 'a.csv', colorMap: 'turbo' as never }, '`colorMap`'],
])('refuses %j', (config, message) => {
  expect(() => resolveHeatmap({ slide: 's.svs', out: 'o', ...config })).toThrow(message);
});
