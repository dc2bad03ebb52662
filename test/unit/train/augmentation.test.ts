import { describe, expect, test } from 'vitest';
import type { Raster } from '../../../src/io/raster.ts';
import { NO_AUGMENTATION, resolveAugmentation } from '../../../src/train/batches/augment-options.ts';
import { centreBox, drawBox } from '../../../src/train/batches/choose-box.ts';
import { jitterColors } from '../../../src/train/batches/color-jitter.ts';
import { createTargets } from '../../../src/train/batches/create-targets.ts';
import { drawAugmentation } from '../../../src/train/batches/draw-augmentation.ts';
import { drawMixShare } from '../../../src/train/batches/draw-mix-share.ts';
import { mixRows } from '../../../src/train/batches/kernels/mix-rows.ts';
import { resampleTriangle } from '../../../src/train/batches/kernels/resample-triangle.ts';
import { jitterStains } from '../../../src/train/batches/stain-jitter.ts';
import { createRandom } from '../../../src/utils/random.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';

const random = createSeededRandom('augmentation');
const PIXELS = Uint8Array.from({ length: 3 * 500 }, () => random.integer(0, 255));
const SAME = { brightness: 1, contrast: 1, saturation: 1, hue: 0 };
const getGrey = (rgb: Uint8Array, at: number) => ((rgb[at] ?? 0) + (rgb[at + 1] ?? 0) + (rgb[at + 2] ?? 0)) / 3;

describe('colours', () => {
  test('no change is none, also a whole turn', () => {
    for (const hue of [0, 1]) {
      const rgb = PIXELS.slice();
      jitterColors(rgb, { ...SAME, hue });
      expect(rgb).toEqual(PIXELS);
    }
  });

  test('a third of a turn makes red green, and leaves grey', () => {
    const rgb = Uint8Array.of(200, 0, 0, 0, 200, 0, 0, 0, 200, 77, 77, 77);
    jitterColors(rgb, { ...SAME, hue: 1 / 3 });
    expect([...rgb]).toEqual([0, 200, 0, 0, 0, 200, 200, 0, 0, 77, 77, 77]);
  });

  test('all at once are one after the other, but for rounding', () => {
    // Soft colours, that nothing is cut off.
    const soft = PIXELS.map((value) => 100 + value / 5);
    const once = soft.slice();
    jitterColors(once, { brightness: 1.1, contrast: 0.9, saturation: 1.2, hue: 0.05 });
    const steps = soft.slice();
    for (const change of [{ brightness: 1.1 }, { contrast: 0.9 }, { saturation: 1.2 }, { hue: 0.05 }])
      jitterColors(steps, { ...SAME, ...change });
    for (const [i, value] of once.entries()) expect(Math.abs(value - (steps[i] ?? 0))).toBeLessThanOrEqual(2);
  });
});

describe('stains', () => {
  const NONE = { factors: [1, 1, 1], shifts: [0, 0, 0] } as const;

  test('no change is none', () => {
    const rgb = PIXELS.slice();
    jitterStains(rgb, NONE);
    expect(rgb).toEqual(PIXELS);
  });

  test('more of all stains is darker, and white stays white', () => {
    const rgb = Uint8Array.of(180, 120, 170, 255, 255, 255);
    jitterStains(rgb, { ...NONE, factors: [1.3, 1.3, 1.3] });
    // -ln((v + 1) / 256) times 1.3 in each channel.
    expect([...rgb]).toEqual(
      [180, 120, 170].map((v) => Math.round(256 * ((v + 1) / 256) ** 1.3 - 1)).concat([255, 255, 255]),
    );
  });

  test('more haematoxylin makes white blue, by its vector', () => {
    const rgb = Uint8Array.of(255, 255, 255);
    jitterStains(rgb, { ...NONE, shifts: [0.2, 0, 0] });
    const length = Math.hypot(0.65, 0.7, 0.29);
    expect([...rgb]).toEqual([0.65, 0.7, 0.29].map((part) => Math.round(256 * Math.exp((-0.2 * part) / length) - 1)));
  });
});

describe('crops', () => {
  test('the largest one in the middle', () => {
    expect(centreBox({ width: 50, height: 30 }, { width: 8, height: 8 })).toEqual({
      x: 10,
      y: 0,
      width: 30,
      height: 30,
    });
    expect(centreBox({ width: 50, height: 30 }, { width: 20, height: 8 })).toEqual({
      x: 0,
      y: 5,
      width: 50,
      height: 20,
    });
  });

  test('random ones lie in the picture and keep their share of it', () => {
    const draw = createRandom(9);
    for (let i = 0; i < 500; i++) {
      const { x, y, width, height } = drawBox(
        { width: 50, height: 30 },
        { width: 8, height: 8 },
        { least: 0.4, random: draw },
      );
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(50 + 1e-9);
      expect(y + height).toBeLessThanOrEqual(30 + 1e-9);
      // A stretched box that leaves the picture is cut.
      expect(width * height).toBeGreaterThan(0.4 * 900 * 0.75);
      expect(width / height).toBeLessThan(4 / 3 + 1e-9);
      expect(height / width).toBeLessThan(4 / 3 + 1e-9);
    }
  });

  test('a box of whole pixels at its own size is cut out', () => {
    const source: Raster = { width: 10, height: 5, channels: 3, data: PIXELS.slice(0, 150) };
    const { data } = resampleTriangle(source, { x: 3, y: 1, width: 4, height: 3 }, { width: 4, height: 3 });
    const expected = [1, 2, 3].flatMap((y) => [...PIXELS.subarray((y * 10 + 3) * 3, (y * 10 + 7) * 3)]);
    expect([...data]).toEqual(expected);
  });
});

describe('draws', () => {
  const draw = (seed: number, options = {}) =>
    drawAugmentation(
      { width: 50, height: 40 },
      { width: 20, height: 10 },
      { options: resolveAugmentation(options), seed },
    );

  test('the same for the same seed; all eight ways to turn are drawn', () => {
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    const turns = (choice: string) =>
      new Set(Array.from({ length: 200 }, (_, seed) => draw(seed, { turns: choice }).orientation));
    expect([...turns('all')].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...turns('flips')].sort()).toEqual([1, 2, 3, 4]);
    expect([...turns('none')]).toEqual([1]);
  });

  test('what is not asked for is left as it is, and changes nothing else', () => {
    const none = draw(3, NO_AUGMENTATION);
    expect(none).toMatchObject({ orientation: 1, colors: undefined, stains: undefined });
    expect(none.box).toEqual(centreBox({ width: 50, height: 40 }, { width: 20, height: 10 }));
    expect(draw(3, { stainFactor: 0, stainShift: 0 }).colors).toEqual(draw(3).colors);
    // Turned by a quarter the sides of the box change places.
    const quarter = Array.from({ length: 50 }, (_, seed) => draw(seed, { cropScale: 1 })).find(
      ({ orientation }) => orientation > 4,
    );
    expect(quarter?.box).toEqual({ x: 15, y: 0, width: 20, height: 40 });
  });
});

describe('mixup', () => {
  test.each([0.1, 0.4, 1, 2])('shares for alpha %d have the moments of Beta(alpha, alpha)', (alpha) => {
    const shares = Array.from({ length: 20_000 }, (_, seed) => drawMixShare(alpha, seed));
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
    expect(mean).toBeCloseTo(0.5, 1.5);
    expect(variance).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 2);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
  });

  test('rows and targets are mixed alike', () => {
    const rows = Float32Array.of(1, 10, 2, 20, 3, 30);
    mixRows(rows, 3, 0.75);
    expect([...rows]).toEqual([1.5, 15, 2, 20, 2.5, 25]);
    const plan = { labels: [0, 1, 2], classCount: 3, smoothing: 0, mixShare: 0.75 };
    expect([...createTargets(plan)]).toEqual([0.75, 0, 0.25, 0, 1, 0, 0.25, 0, 0.75]);
  });

  test('smoothed targets add up to 1', () => {
    const targets = createTargets({ labels: [1], classCount: 4, smoothing: 0.2, mixShare: 1 });
    expect([...targets].map((value) => value.toFixed(6))).toEqual(['0.050000', '0.850000', '0.050000', '0.050000']);
  });
});

test('grey of a turned hue keeps its mean', () => {
  const soft = PIXELS.map((value) => 100 + value / 5);
  const turned = soft.slice();
  jitterColors(turned, { ...SAME, hue: 0.2 });
  for (let at = 0; at < soft.length; at += 3)
    expect(Math.abs(getGrey(turned, at) - getGrey(soft, at))).toBeLessThanOrEqual(0.5);
});
