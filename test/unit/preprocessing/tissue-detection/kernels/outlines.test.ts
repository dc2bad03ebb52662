import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelComponents } from '../../../../../src/preprocessing/tissue-detection/kernels/components.ts';
import { traceOutlines } from '../../../../../src/preprocessing/tissue-detection/kernels/outlines.ts';
import { createOutlinePolygons } from '../../../../../src/preprocessing/tissue-detection/outline-polygons.ts';
import { computePolygonArea } from '../../../../../src/preprocessing/tissue-detection/tissue-geojson.ts';
import { fillPolygons } from '../../../../golden/tissue-support.ts';
import { parseMask } from '../support.ts';

const masks = fc
  .tuple(
    fc.integer({ min: 1, max: 14 }),
    fc.integer({ min: 1, max: 14 }),
    fc.double({ min: 0.1, max: 0.9, noNaN: true }),
  )
  .chain(([width, height, density]) =>
    fc
      .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: width * height, maxLength: width * height })
      .map((values) => ({ width, height, data: Uint8Array.from(values, (value) => (value < density ? 1 : 0)) })),
  );

describe('outlines', () => {
  it('follows the edges of pixels', () => {
    const rings = traceOutlines(parseMask(['....', '.##.', '....']));
    expect(rings.map(({ vertices }) => [...vertices])).toEqual([[3, 1, 3, 2, 1, 2, 1, 1]]);
    expect(rings[0]?.area).toBe(2);
  });

  it('gives holes negative area and the same component', () => {
    const rings = traceOutlines(parseMask(['###', '#.#', '###']));
    expect(rings.map(({ area }) => area)).toEqual([9, -1]);
    expect(new Set(rings.map(({ component }) => component)).size).toBe(1);
  });

  it('keeps pixels that share only a corner apart, and cuts a ring that meets itself', () => {
    expect(traceOutlines(parseMask(['#.', '.#'])).map(({ area }) => area)).toEqual([1, 1]);
    // The notch in the corner is joined to the outside by one point: it becomes a hole that touches the outline.
    const rings = traceOutlines(parseMask(['##.', '#.#', '###']));
    expect(rings.map(({ area }) => area).sort((a, b) => a - b)).toEqual([-1, 8]);
  });

  it('covers exactly the mask: area, pixels, one outer ring a piece, no point twice in a ring', () => {
    fc.assert(
      fc.property(masks, (mask) => {
        const rings = traceOutlines(mask);
        const pixels = mask.data.reduce((sum, value) => sum + value, 0);
        expect(rings.reduce((sum, { area }) => sum + area, 0)).toBe(pixels);
        const pieces = labelComponents(mask, 1, 4).area.filter((area) => area > 0).length;
        expect(rings.filter(({ area }) => area > 0).length).toBe(pieces);
        for (const { vertices } of rings) {
          const keys = Array.from(
            { length: vertices.length / 2 },
            (_, i) => `${vertices[i * 2]},${vertices[i * 2 + 1]}`,
          );
          expect(new Set(keys).size).toBe(keys.length);
        }
        const polygons = createOutlinePolygons({ ...mask, downsample: { x: 1, y: 1 } });
        expect(fillPolygons(polygons, { width: mask.width, height: mask.height, step: 1 })).toEqual(mask.data);
      }),
      { numRuns: 400 },
    );
  });

  it('scales to level 0 without rounding: polygon area is mask area times the downsample', () => {
    fc.assert(
      fc.property(masks, fc.double({ min: 1, max: 70, noNaN: true }), (mask, downsample) => {
        const scale = { x: downsample, y: downsample * 1.003 };
        const polygons = createOutlinePolygons({ ...mask, downsample: scale });
        const area = polygons.reduce((sum, polygon) => sum + computePolygonArea(polygon), 0);
        const expected = mask.data.reduce((sum, value) => sum + value, 0) * scale.x * scale.y;
        // Only the rounding of 64-bit sums is allowed.
        expect(Math.abs(area - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, expected));
      }),
    );
  });
});
