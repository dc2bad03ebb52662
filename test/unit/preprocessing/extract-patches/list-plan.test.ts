import { describe, expect, it } from 'vitest';
import { createListPlan, describeCorners } from '../../../../src/preprocessing/extract-patches/list-plan.ts';
import { sha256 } from '../../../../src/utils/hash.ts';
import { createSlide } from './plan/plan-fixtures.ts';

const slide = createSlide(1000, 800, { mpp: 0.5 });
const plan = (corners: unknown) => createListPlan(slide, corners as [number, number][], { size: 100, level: 0 });

describe('a plan of corners that the caller chose', () => {
  it('has them in their order, as often as they are given', () => {
    const corners = [
      [300, 20],
      [-5, 0],
      [300, 20],
    ];
    const { count, candidates } = plan(corners);
    expect([count(), candidates]).toEqual([3, 3]);
    const patches = [...plan(corners)];
    expect(patches.map(({ index, x, y }) => [index, x, y])).toEqual(corners.map(([x, y], index) => [index, x, y]));
  });

  it.each([Int32Array, Float64Array])('has them one behind the other in a typed array', (Flat) => {
    const flat = plan(Flat.of(300, 20, -5, 0));
    expect([flat.count(), flat.candidates]).toEqual([2, 2]);
    const pairs = plan([
      [300, 20],
      [-5, 0],
    ]);
    expect([...flat]).toEqual([...pairs]);
  });

  it('is described by a hash over the pairs as JSON, however they are given', () => {
    const flat = Int32Array.from({ length: 5000 }, (_, i) => ((i * 7919) % 900) - 5);
    const pairs = Array.from({ length: 2500 }, (_, i) => [flat[2 * i] ?? 0, flat[2 * i + 1] ?? 0] as const);
    const expected = { count: 2500, sha256: sha256(JSON.stringify(pairs)) };
    expect(describeCorners(pairs)).toEqual(expected);
    expect(describeCorners(flat)).toEqual(expected);
    expect(describeCorners([])).toEqual({ count: 0, sha256: sha256('[]') });
  });

  it.each<[string, unknown]>([
    ['a number', 5],
    ['text', '1,2'],
    ['an object', { x: 1, y: 2 }],
    ['an array of bytes', Uint8Array.of(1, 2)],
    ['half a pair', Int32Array.of(1, 2, 3)],
    ['fractions', Float64Array.of(1, 2.5)],
    ['a set', new Set([[1, 2]])],
    ['null', null],
  ])('is refused by its option: %s in place of the array', (_what, corners) => {
    expect(() => plan(corners)).toThrow(expect.objectContaining({ tag: 'option', option: 'coords' }));
  });

  it.each<[string, unknown]>([
    ['a number', 0],
    ['null', null],
    ['nothing', undefined],
    ['text', 'ab'],
    ['an object', { x: 1, y: 2 }],
    ['one number', [1]],
    ['three numbers', [1, 2, 3]],
    ['a fraction', [1, 2.5]],
    ['digits', ['1', '2']],
    ['a hole', [1, undefined]],
    ['an infinity', [Number.POSITIVE_INFINITY, 0]],
  ])('is refused by its option: %s in place of a corner', (_what, corner) => {
    const bad = () => plan([[0, 0], corner]);
    expect(bad).toThrow(expect.objectContaining({ tag: 'option', option: 'coords' }));
    expect(bad).toThrow(/pairs of integers/);
  });
});
