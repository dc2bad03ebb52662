import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { jitterColors } from '../../src/train/batches/color-jitter.ts';
import { resampleTriangle } from '../../src/train/batches/kernels/resample-triangle.ts';

interface Reference {
  width: number;
  height: number;
  pixels: number[];
  resized: { box: [number, number, number, number]; size: [number, number]; pixels: number[] }[];
  enhanced: { what: 'Brightness' | 'Contrast' | 'Color'; factor: number; pixels: number[] }[];
}

/** Recorded by train_pictures.py with Pillow 9.4. */
const reference = JSON.parse(readFileSync(new URL('train-pictures.json', import.meta.url), 'utf8')) as Reference;
const { width, height } = reference;
const getPicture = () => ({ width, height, channels: 3 as const, data: Uint8Array.from(reference.pixels) });
const getMost = (a: ArrayLike<number>, b: readonly number[]) => {
  expect(a.length).toBe(b.length);
  return b.reduce((most, value, i) => Math.max(most, Math.abs((a[i] ?? Number.NaN) - value)), 0);
};

test.each(reference.resized)('a box $box at $size', ({ box: [left, top, right, bottom], size, pixels }) => {
  const box = { x: left, y: top, width: right - left, height: bottom - top };
  const { data } = resampleTriangle(getPicture(), box, { width: size[0], height: size[1] });
  // Pillow rounds to bytes between its two passes, we once.
  expect(getMost(data, pixels)).toBeLessThanOrEqual(1);
  const moved = resampleTriangle(getPicture(), { ...box, width: box.width / 2 }, { width: size[0], height: size[1] });
  expect(getMost(moved.data, pixels)).toBeGreaterThan(1);
});

const CHANGES = { Brightness: 'brightness', Contrast: 'contrast', Color: 'saturation' } as const;

test.each(reference.enhanced)('$what times $factor', ({ what, factor, pixels }) => {
  const { data } = getPicture();
  jitterColors(data, { brightness: 1, contrast: 1, saturation: 1, hue: 0, [CHANGES[what]]: factor });
  // Pillow rounds the mean and each pixel's grey before it blends, and cuts off what we round: one level and a half at most.
  expect(getMost(data, pixels)).toBeLessThanOrEqual(2);
  expect(getMost(getPicture().data, pixels)).toBeGreaterThan(20);
});
