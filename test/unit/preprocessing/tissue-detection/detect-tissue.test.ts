import { describe, expect, it } from 'vitest';
import { chooseTissueView, getClamLevel } from '../../../../src/preprocessing/tissue-detection/choose-view.ts';
import { TISSUE_METHODS } from '../../../../src/preprocessing/tissue-detection/methods.ts';
import { resolveTissueOptions } from '../../../../src/preprocessing/tissue-detection/options.ts';
import { detectTissue } from '../../../../src/preprocessing/tissue-detection.ts';
import { createFakeSlide, PINK, type Rgb, WHITE } from './support.ts';

const BLACK: Rgb = [0, 0, 0];
/** A pink square of 2000 level-0 pixels a side on a slide of 8000 x 6000. */
const withSquare = (mpp: number | undefined, downsamples: readonly number[]) =>
  createFakeSlide({
    width: 8000,
    height: 6000,
    downsamples,
    mpp,
    colorAt: (x, y) => (x >= 1600 && x < 3600 && y >= 3200 && y < 5200 ? PINK : WHITE),
  });

describe('slides without tissue', () => {
  const colors: [string, Rgb][] = [
    ['white', WHITE],
    ['black', BLACK],
    ['pink', PINK],
  ];
  const cases = TISSUE_METHODS.flatMap((method) => colors.map(([name, color]) => [method, name, color] as const));
  it.each(cases)('%s: an all-%s slide is "no-tissue", not an error', async (method, _, color) => {
    const slide = createFakeSlide({ width: 4000, height: 3000, mpp: 0.5, colorAt: () => color });
    const result = await detectTissue(slide, { method });
    expect(result).toMatchObject({ status: 'no-tissue', fraction: 0, areaMm2: 0, polygons: [] });
    expect(result.mask.data.includes(1)).toBe(false);
  });

  it.each(TISSUE_METHODS)('%s: a slide of one pixel', async (method) => {
    const slide = createFakeSlide({ width: 1, height: 1, mpp: 0.5, colorAt: () => PINK });
    const result = await detectTissue(slide, { method });
    expect(result).toMatchObject({ status: 'no-tissue', mask: { width: 1, height: 1, downsample: expect.anything() } });
  });
});

describe('detectTissue', () => {
  it('returns mask, polygons and areas in level-0 terms', async () => {
    const result = await detectTissue(withSquare(0.5, [1, 4, 16]), { kernelSize: 0 });
    expect(result).toMatchObject({ status: 'ok', method: 'hsv', level: 2, maskMpp: { x: 8, y: 8 } });
    expect(result.mask).toMatchObject({ width: 500, height: 375, downsample: { x: 16, y: 16 } });
    // 2000 x 2000 pixels of 0.5 µm: 1 mm², the square lies on the mask's grid.
    expect(result.areaMm2).toBeCloseTo(1, 12);
    expect(result.polygons.map(({ exterior }) => [...exterior])).toEqual([
      [3600, 3200, 3600, 5200, 1600, 5200, 1600, 3200],
    ]);
  });

  it('smooths the corners of the square by default and keeps its place', async () => {
    const { areaMm2, polygons } = await detectTissue(withSquare(0.5, [1, 4, 16]));
    expect(areaMm2).toBeGreaterThan(0.998);
    expect(areaMm2).toBeLessThanOrEqual(1);
    expect(polygons.length).toBe(1);
  });

  it('needs a pixel size or a level', async () => {
    await expect(detectTissue(withSquare(undefined, [1, 16]))).rejects.toMatchObject({ tag: 'missing-mpp' });
    const result = await detectTissue(withSquare(undefined, [1, 16]), { level: 1 });
    expect(result).toMatchObject({ status: 'ok', level: 1, areaMm2: undefined, maskMpp: undefined });
  });

  // Two bands of the only level, four tiles; contours of the enlarged mask reach up to a mask pixel (16) further out.
  it('trident puts tissue in its place across tiles and bands', async () => {
    const slide = createFakeSlide({
      width: 9000,
      height: 2400,
      mpp: 0.5,
      colorAt: (x, y) => (x >= 7600 && x < 8800 && y >= 800 && y < 1600 ? PINK : WHITE),
    });
    const { polygons, mask } = await detectTissue(slide, { method: 'trident' });
    expect(mask).toMatchObject({ width: 563, height: 150 });
    expect(polygons.length).toBe(1);
    const xs = polygons[0]!.exterior.filter((_, i) => i % 2 === 0);
    const ys = polygons[0]!.exterior.filter((_, i) => i % 2 === 1);
    [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)].forEach((edge, i) => {
      expect(Math.abs(edge - [7600, 800, 8800, 1600][i]!)).toBeLessThanOrEqual(16);
    });
  });

  it('never reads more pixels than allowed', async () => {
    const slide = withSquare(0.5, [1]);
    const result = await detectTissue(slide, { mpp: 0.5, maxPixels: 50_000 });
    expect(slide.pixelsRead).toBeLessThanOrEqual(50_000);
    expect(slide.pixelsRead).toBeGreaterThan(49_000);
    expect(result.areaMm2).toBeCloseTo(1, 1);
  });
});

describe('which picture', () => {
  const view = (downsamples: readonly number[], options = {}, mpp: number | undefined = 0.5) =>
    chooseTissueView(withSquare(mpp, downsamples), resolveTissueOptions(options));

  it('takes the level nearest in log distance, the finer of two equals, within a factor of 2', () => {
    expect(view([1, 4, 16, 64]).level).toBe(2);
    expect(view([1, 4, 12, 64]).level).toBe(2);
    expect(view([1, 8, 32]).level).toBe(1);
    expect(view([1, 4, 20]).level).toBe(2);
    // Coarser than asked is all there is short of the whole slide.
    expect(view([1, 40]).level).toBe(1);
  });

  it('averages finer levels down to the asked resolution, exactly covering the slide', () => {
    expect(view([1, 4])).toEqual({ level: undefined, width: 500, height: 375, downsample: { x: 16, y: 16 } });
    const odd = view([1], { mpp: 7.3 });
    expect(odd.width * odd.downsample.x).toBeCloseTo(8000, 9);
    expect(odd.height * odd.downsample.y).toBeCloseTo(6000, 9);
  });

  it('takes exactly the level that is asked for, and refuses one that is absent or too large', () => {
    expect(view([1, 4, 16], { level: 1 })).toMatchObject({ level: 1, width: 2000 });
    expect(() => view([1, 4], { level: 2 })).toThrow(expect.objectContaining({ tag: 'level', level: 2 }));
    expect(() => view([1, 4], { level: 0 })).toThrow(expect.objectContaining({ tag: 'option', option: 'level' }));
    expect(view([1, 4], { level: 0, maxPixels: 48_000_000 }).level).toBe(0);
  });

  // OpenSlide's get_best_level_for_downsample(64), and level 0 where there is only one.
  it.each([
    [[1], 0],
    [[1, 4, 16], 2],
    [[1, 4, 16, 64], 3],
    [[1, 4, 16, 128], 2],
    [[1, 128], 0],
  ])('CLAM chooses of %j level %i', (downsamples, level) => {
    expect(getClamLevel(withSquare(0.5, downsamples))).toBe(level);
  });
});
