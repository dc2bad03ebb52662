import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { locatePoint } from '../../../src/geometry/locate-point.ts';
import { createRingIndex } from '../../../src/geometry/ring-index.ts';

interface OpenCv {
  CV_32SC2: number;
  matFromArray(rows: number, cols: number, type: number, data: number[]): { delete(): void };
  pointPolygonTest(contour: object, point: { x: number; y: number }, measure: boolean): number;
}

describe('where a point lies against a ring', () => {
  it('knows corners, edges, inside and outside', () => {
    const index = createRingIndex(Float64Array.of(0, 0, 10, 0, 10, 10, 5, 4, 0, 10));
    expect(locatePoint(index, 0, 0)).toBe('edge');
    expect(locatePoint(index, 10, 10)).toBe('edge');
    expect(locatePoint(index, 5, 0)).toBe('edge');
    expect(locatePoint(index, 7.5, 7)).toBe('edge');
    expect(locatePoint(index, 5, 3.5)).toBe('inside');
    expect(locatePoint(index, 5, 4.5)).toBe('outside');
    expect(locatePoint(index, 0, 11)).toBe('outside');
    expect(locatePoint(index, NaN, 1)).toBe('outside');
  });

  it('an empty ring contains nothing', () => {
    expect(locatePoint(createRingIndex(new Float64Array(0)), 0, 0)).toBe('outside');
  });

  // Tolerance: none. Points are integers and halves, where both computations are exact.
  it("gives OpenCV's pointPolygonTest on rings that cross, touch and retrace themselves", () => {
    const { cv } = createRequire(import.meta.url)('opencv-wasm') as { cv: OpenCv };
    const answers = { inside: 1, edge: 0, outside: -1 };
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    let edges = 0;
    for (let round = 0; round < 150; round++) {
      const vertices = 3 + random(30);
      const ring = Array.from({ length: vertices * 2 }, () => random(14));
      const contour = cv.matFromArray(vertices, 1, cv.CV_32SC2, ring);
      const index = createRingIndex(Float64Array.from(ring));
      for (let k = 0; k < 60; k++) {
        const point = { x: random(32) / 2 - 1, y: random(32) / 2 - 1 };
        const expected = cv.pointPolygonTest(contour, point, false);
        if (expected === 0) edges++;
        expect(answers[locatePoint(index, point.x, point.y)], `${ring} at ${point.x}, ${point.y}`).toBe(expected);
      }
      contour.delete();
    }
    expect(edges).toBeGreaterThan(500);
  });
});
