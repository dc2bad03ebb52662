import { describe, expect, it } from 'vitest';
import { computeBoundingBox } from '../../../src/geometry/kernels/bounding-box.ts';
import { computeRingArea } from '../../../src/geometry/kernels/ring-area.ts';
import { computePolygonBoxArea } from '../../../src/geometry/polygon-box-area.ts';
import { indexPolygon } from '../../../src/geometry/polygon-index.ts';
import { polygonTouchesBox } from '../../../src/geometry/polygon-touches-box.ts';

const square = Float64Array.of(10, 10, 30, 10, 30, 30, 10, 30);
const hole = Float64Array.of(15, 15, 15, 25, 25, 25, 25, 15);
const donut = indexPolygon({ exterior: square, holes: [hole] });
const box = (left: number, top: number, right: number, bottom: number) => ({ left, top, right, bottom });

describe('ring area and bounding box', () => {
  it('is positive for a ring that is clockwise on screen', () => {
    expect(computeRingArea(square)).toBe(400);
    expect(computeRingArea(hole)).toBe(-100);
    expect(computeBoundingBox(square)).toEqual(box(10, 10, 30, 30));
  });

  it('keeps its digits far from the origin', () => {
    expect(computeRingArea(Float64Array.of(1e9, 1e9, 1e9 + 1, 1e9, 1e9 + 1, 1e9 + 1))).toBe(0.5);
  });

  it('gives nothing for degenerate rings', () => {
    for (const ring of [[], [1, 2], [1, 2, 3, 4]]) expect(computeRingArea(Float64Array.from(ring))).toBe(0);
    expect(computeBoundingBox(new Float64Array(0))).toEqual(box(Infinity, Infinity, -Infinity, -Infinity));
  });
});

describe('area shared with a box', () => {
  it.each([
    [box(0, 0, 40, 40), 300],
    [box(10, 10, 30, 30), 300],
    [box(0, 0, 10, 40), 0],
    [box(15, 15, 25, 25), 0],
    [box(0, 0, 20, 20), 75],
    [box(12, 0, 14, 100), 40],
    [box(11.5, 11.5, 12, 12.5), 0.5],
    [box(20, 20, 20, 30), 0],
  ])('%o: %f', (area, expected) => {
    expect(computePolygonBoxArea(donut, area)).toBeCloseTo(expected, 12);
  });

  it('cuts slanted edges exactly', () => {
    const triangle = indexPolygon({ exterior: Float64Array.of(0, 0, 10, 0, 0, 10), holes: [] });
    expect(computePolygonBoxArea(triangle, box(0, 0, 5, 5))).toBe(25);
    expect(computePolygonBoxArea(triangle, box(5, 0, 10, 5))).toBe(12.5);
    expect(computePolygonBoxArea(triangle, box(4, 4, 6, 6))).toBe(2);
    expect(computePolygonBoxArea(triangle, box(5, 5, 10, 10))).toBe(0);
  });
});

describe('polygon touches box', () => {
  it.each([
    ['far away', box(100, 100, 110, 110), false],
    ['one corner in common', box(0, 0, 10, 10), true],
    ['one edge in common', box(30, 15, 40, 20), true],
    ['a hair apart', box(30.001, 15, 40, 20), false],
    ['inside the tissue', box(11, 11, 14, 14), true],
    ['around it all', box(0, 0, 50, 50), true],
    ['inside the hole', box(16, 16, 24, 24), false],
    ['the hole itself', box(15, 15, 25, 25), true],
  ])('%s', (_, area, expected) => {
    expect(polygonTouchesBox(donut, area)).toBe(expected);
  });

  it('sees an edge that passes a box by its corner', () => {
    const sliver = indexPolygon({ exterior: Float64Array.of(0, 10, 10, 0, 11, 0, 0, 11), holes: [] });
    expect(polygonTouchesBox(sliver, box(0, 0, 4.9, 4.9))).toBe(false);
    expect(polygonTouchesBox(sliver, box(0, 0, 5, 5))).toBe(true);
  });
});
