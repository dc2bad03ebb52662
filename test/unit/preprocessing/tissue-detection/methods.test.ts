import { describe, expect, it } from 'vitest';
import { computeTissueMask } from '../../../../src/preprocessing/tissue-detection/compute-tissue-mask.ts';
import { combineMasks } from '../../../../src/preprocessing/tissue-detection/methods/combine.ts';
import { segmentOtsu } from '../../../../src/preprocessing/tissue-detection/methods/otsu.ts';
import type { TissueOptions } from '../../../../src/preprocessing/tissue-detection/options.ts';
import { createRandom, PINK, paint, type Rgb, WHITE } from './support.ts';

const count = (mask: Uint8Array) => mask.reduce((sum, value) => sum + value, 0);
const inSquare = (x: number, y: number) => x >= 20 && x < 60 && y >= 20 && y < 60;
const RAW: TissueOptions = { kernelSize: 0, minAreaPixels: 0, minHolePixels: 0 };

describe('combine', () => {
  const masks = [
    [1, 1, 1, 0, 0],
    [1, 1, 0, 1, 0],
    [1, 0, 0, 0, 0],
  ].map((row) => Uint8Array.from(row));
  const pair = masks.slice(0, 2);

  it.each([
    ['intersection', {}, [1, 0, 0, 0, 0]],
    ['union', {}, [1, 1, 1, 1, 0]],
    ['majority', {}, [1, 1, 0, 0, 0]],
    ['majority', { k: 1 }, [1, 1, 1, 1, 0]],
    ['majority', { k: 3 }, [1, 0, 0, 0, 0]],
    // Mean above 127: one mask of three is 85.
    ['weighted', {}, [1, 1, 0, 0, 0]],
    ['weighted', { weights: [3, 1, 1] }, [1, 1, 1, 0, 0]],
    ['weighted', { weights: [1, 3, 1] }, [1, 1, 0, 1, 0]],
  ] as const)('%s %o of three', (rule, options, expected) => {
    expect([...combineMasks(masks, { rule, ...options })]).toEqual(expected);
  });

  it('weighted without weights is the union of two masks, as 127.5 is above 127', () => {
    expect(combineMasks(pair, { rule: 'weighted' })).toEqual(combineMasks(pair, { rule: 'union' }));
    expect([...combineMasks(pair, { rule: 'weighted', weights: [127, 128] })]).toEqual([1, 1, 0, 1, 0]);
  });

  it('combines detectors that work on the same picture', async () => {
    // Grey ink is dark but has no colour; a pale wash has colour but is light.
    const ink: Rgb = [90, 90, 90];
    const wash: Rgb = [255, 225, 245];
    const picture = paint(80, 80, (x, y) => (inSquare(x, y) ? PINK : y < 10 ? ink : y >= 70 ? wash : WHITE));
    const areaOf = async (options: TissueOptions) =>
      count((await computeTissueMask(picture, { ...RAW, ...options })).mask.data);
    expect(await areaOf({ method: 'otsu' })).toBe(1600 + 800);
    expect(await areaOf({ method: 'hsv' })).toBe(1600 + 800);
    expect(await areaOf({ method: 'combine' })).toBe(1600);
    expect(await areaOf({ method: 'combine', combine: { rule: 'union' } })).toBe(1600 + 1600);
  });
});

describe('methods', () => {
  const stains: [string, Rgb][] = [
    ['eosin', [220, 130, 180]],
    ['haematoxylin and eosin', [110, 80, 150]],
    ['DAB brown', [140, 90, 50]],
    ['blue counterstain', [150, 170, 210]],
    ['pale eosin', [245, 220, 235]],
  ];
  it.each(stains)('the default finds %s', async (_, color) => {
    const picture = paint(80, 80, (x, y) => (inSquare(x, y) ? color : WHITE));
    const { mask, polygons } = await computeTissueMask(picture, { kernelSize: 0 });
    expect(count(mask.data)).toBe(1600);
    expect(polygons.map(({ exterior }) => [...exterior])).toEqual([[60, 20, 60, 60, 20, 60, 20, 20]]);
  });

  it('preset he finds H&E only', async () => {
    const areas: number[] = [];
    for (const [, color] of stains.slice(0, 4)) {
      const picture = paint(80, 80, (x, y) => (inSquare(x, y) ? color : WHITE));
      areas.push(count((await computeTissueMask(picture, { ...RAW, method: 'hsv', hsvPreset: 'he' })).mask.data));
    }
    expect(areas).toEqual([1600, 1600, 0, 0]);
  });

  it('otsu: noise on empty glass is no tissue, black padding neither', () => {
    const random = createRandom(2);
    const glass = paint(80, 80, () => {
      const level = 238 + Math.floor(random() * 8);
      return [level, level, level];
    });
    expect(count(segmentOtsu(glass, { kernelSize: 0, minContrast: 12 }).data)).toBe(0);
    expect(count(segmentOtsu(glass, { kernelSize: 0, minContrast: 0 }).data)).toBeGreaterThan(1000);
    const padded = paint(80, 80, (x, y) => (x < 10 ? [0, 2, 0] : inSquare(x, y) ? PINK : WHITE));
    expect(count(segmentOtsu(padded, { kernelSize: 0, minContrast: 12 }).data)).toBe(1600);
  });

  it('drops dust and fills small holes by µm² where the pixel size is known', async () => {
    const picture = paint(80, 80, (x, y) => {
      const dust = x >= 70 && x < 75 && y >= 5 && y < 10;
      const hole = x >= 30 && x < 34 && y >= 30 && y < 34;
      return dust || (inSquare(x, y) && !hole) ? PINK : WHITE;
    });
    const run = (options: TissueOptions) =>
      computeTissueMask(
        picture,
        { kernelSize: 0, ...options },
        { downsample: { x: 4, y: 4 }, mpp: { x: 0.5, y: 0.5 } },
      );
    // A mask pixel is 2 µm: the dust has 100 µm², the hole 64.
    const all = await run({ minAreaUm2: 100, minHoleUm2: 64 });
    expect(all.polygons.map(({ holes }) => holes.length)).toEqual([0, 1]);
    const clean = await run({ minAreaUm2: 101, minHoleUm2: 65 });
    expect(clean.polygons).toEqual([{ exterior: Float64Array.from([240, 80, 240, 240, 80, 240, 80, 80]), holes: [] }]);
    const byPixels = await run({ minAreaPixels: 26, minHolePixels: 17 });
    expect(byPixels.mask).toEqual(clean.mask);
  });
});
