import { describe, expect, it } from 'vitest';
import { chooseLevel } from '../../../src/slide/read-resampled.ts';
import type { SlideLevel } from '../../../src/slide/slide.ts';

const level = (x: number, y = x): SlideLevel => ({
  width: Math.round(10_000 / x),
  height: Math.round(10_000 / y),
  downsample: { x, y },
  tileWidth: 256,
  tileHeight: 256,
  codec: 'jpeg',
});
const choose = (levels: SlideLevel[], x: number, y = x) => chooseLevel(levels, { x, y });

describe('chooseLevel', () => {
  const usual = [level(1), level(4.0003), level(15.998)];

  it.each([
    [0.5, 0],
    [1, 0],
    [2, 0],
    [3.9, 0],
    [4, 1],
    [4.0003, 1],
    [8, 1],
    [15.9, 1],
    [16, 2],
    [1000, 2],
  ])('at a downsample of %d is level %i', (downsample, wanted) => {
    expect(choose(usual, downsample)).toBe(wanted);
  });

  it.each([3.9998, 4.0003])('takes a level of %d for a nominal 4', (stored) => {
    expect(choose([level(1), level(stored)], 4)).toBe(1);
  });

  it('does not take one that is coarser by more than rounding', () => {
    expect(choose([level(1), level(4.03)], 4)).toBe(0);
  });

  it('is coarser on neither axis', () => {
    const levels = [level(1), level(2, 4), level(4, 8)];
    expect(choose(levels, 4)).toBe(1);
    expect(choose(levels, 4, 2)).toBe(0);
    expect(choose(levels, 4, 8)).toBe(2);
  });
});
