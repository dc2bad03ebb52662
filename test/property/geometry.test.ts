import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeBoundingBox } from '../../src/geometry/kernels/bounding-box.ts';
import { dropSpurs } from '../../src/geometry/kernels/drop-spurs.ts';
import { computeRingArea } from '../../src/geometry/kernels/ring-area.ts';
import { distanceToSegment, meetInside } from '../../src/geometry/kernels/segment.ts';
import { locatePoint } from '../../src/geometry/locate-point.ts';
import type { Box, Ring } from '../../src/geometry/polygon.ts';
import { computePolygonBoxArea } from '../../src/geometry/polygon-box-area.ts';
import { createPolygonIndex, indexPolygon, someNear } from '../../src/geometry/polygon-index.ts';
import { polygonTouchesBox } from '../../src/geometry/polygon-touches-box.ts';
import { createRingIndex } from '../../src/geometry/ring-index.ts';
import { simplifyPolygon } from '../../src/geometry/simplify-polygon.ts';

/** A ring around `center` that never crosses itself: one radius for each of evenly spaced directions. */
const star = (center = 500, most = 400, snapTo = 1 / 1024) =>
  fc.array(fc.double({ min: 5, max: most, noNaN: true }), { minLength: 3, maxLength: 80 }).map((radii) => {
    const round = (value: number) => Math.round(value / snapTo) * snapTo;
    const xy = radii.flatMap((radius, i) => {
      const angle = (2 * Math.PI * i) / radii.length;
      return [round(center + radius * Math.cos(angle)), round(center + radius * Math.sin(angle))];
    });
    return Float64Array.from(xy);
  });

const anyBox = fc
  .tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 300 }))
  .map(([left, top, size]): Box => ({ left, top, right: left + size, bottom: top + size }));

const vertices = (ring: Ring) =>
  Array.from({ length: ring.length / 2 }, (_, i) => [ring[i * 2]!, ring[i * 2 + 1]!] as const);

/** How often the ring winds around a point that is not on it, by summed angles. */
function windingNumber(ring: Ring, x: number, y: number): number {
  const points = vertices(ring);
  let turned = 0;
  for (const [i, [ax, ay]] of points.entries()) {
    const [bx, by] = points[(i + 1) % points.length]!;
    turned += Math.atan2((ax - x) * (by - y) - (ay - y) * (bx - x), (ax - x) * (bx - x) + (ay - y) * (by - y));
  }
  return Math.abs(Math.round(turned / (2 * Math.PI)));
}

describe('points', () => {
  it('are located as the winding number says', () => {
    fc.assert(
      fc.property(star(), fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 40 }), (ring, points) => {
        const index = createRingIndex(ring);
        for (const [x, y] of points) {
          const location = locatePoint(index, x, y);
          if (location !== 'edge') expect(location === 'inside').toBe(windingNumber(ring, x, y) !== 0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of the ring itself lie on its edge', () => {
    fc.assert(
      fc.property(star(), (ring) => {
        const index = createRingIndex(ring);
        for (const [x, y] of vertices(ring)) expect(locatePoint(index, x, y)).toBe('edge');
      }),
    );
  });
});

describe('areas', () => {
  // Relative 1e-9: sums of a few hundred doubles of one size.
  it('over the cells of a grid add up to the ring, less its hole', () => {
    fc.assert(
      fc.property(star(), fc.double({ min: 13, max: 250, noNaN: true }), fc.boolean(), (ring, cell, reversed) => {
        const exterior = reversed ? Float64Array.from(vertices(ring).reverse().flat()) : ring;
        const hole = Float64Array.from(ring, (value) => 500 + (value - 500) / 2);
        const polygon = indexPolygon({ exterior, holes: [hole] });
        let total = 0;
        for (let top = 0; top < 1000; top += cell)
          for (let left = 0; left < 1000; left += cell)
            total += computePolygonBoxArea(polygon, { left, top, right: left + cell, bottom: top + cell });
        const expected = Math.abs(computeRingArea(ring)) * 0.75;
        expect(Math.abs(total - expected)).toBeLessThan(1e-9 * expected);
      }),
      { numRuns: 200 },
    );
  });

  it('are those of the ring clipped side by side', () => {
    fc.assert(
      fc.property(star(), anyBox, (ring, box) => {
        const area = computePolygonBoxArea(indexPolygon({ exterior: ring, holes: [] }), box);
        expect(area).toBeCloseTo(Math.abs(computeRingArea(clip(ring, box))), 6);
      }),
      { numRuns: 500 },
    );
  });

  it('are there only where polygon and box touch', () => {
    fc.assert(
      fc.property(star(), anyBox, (ring, box) => {
        const polygon = indexPolygon({ exterior: ring, holes: [] });
        const touches = polygonTouchesBox(polygon, box);
        if (computePolygonBoxArea(polygon, box) > 1e-6) expect(touches).toBe(true);
        if (touches) return;
        const { left, top, right, bottom } = box;
        const isInBox = ([x, y]: readonly [number, number]) => x >= left && x <= right && y >= top && y <= bottom;
        expect(vertices(ring).some(isInBox)).toBe(false);
        for (const x of [left, right]) for (const y of [top, bottom]) expect(windingNumber(ring, x, y)).toBe(0);
        expect(computeRingArea(clip(ring, box))).toBeCloseTo(0, 6);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the index of polygons', () => {
  it('finds what a search through all finds', () => {
    const rings = fc.array(
      fc.tuple(fc.nat(900), fc.nat(900), fc.integer({ min: 0, max: 90 })).map(([x, y, size]) => ({
        exterior: Float64Array.of(x, y, x + size, y, x + size, y + size, x, y + size),
        holes: [],
      })),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(rings, anyBox, (polygons, box) => {
        const found: Box[] = [];
        someNear(createPolygonIndex(polygons), box, (polygon) => {
          found.push(polygon.exterior.box);
          return false;
        });
        const expected = polygons
          .map((polygon) => computeBoundingBox(polygon.exterior))
          .filter((b) => b.left <= box.right && b.right >= box.left && b.top <= box.bottom && b.bottom >= box.top);
        const key = (b: Box) => `${b.left},${b.top},${b.right}`;
        expect(found.map(key).sort()).toEqual(expected.map(key).sort());
      }),
    );
  });
});

describe('simplification', () => {
  const tolerances = fc.double({ min: 0, max: 120, noNaN: true });

  it('leaves rings that do not cross themselves, made of their own vertices', () => {
    fc.assert(
      fc.property(star(500, 400, 0.5), tolerances, (ring, tolerance) => {
        fc.pre(!crossesItself(ring));
        const { exterior } = simplifyPolygon({ exterior: ring, holes: [] }, tolerance);
        const own = new Set(vertices(ring).map(String));
        expect(exterior.length).toBeGreaterThanOrEqual(6);
        expect(vertices(exterior).every((vertex) => own.has(String(vertex)))).toBe(true);
        expect(crossesItself(exterior)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('never moves the outline farther than the tolerance', () => {
    fc.assert(
      fc.property(star(), tolerances, (ring, tolerance) => {
        const { exterior } = simplifyPolygon({ exterior: ring, holes: [] }, tolerance);
        for (const vertex of vertices(ring))
          expect(distanceToRing(exterior, vertex)).toBeLessThanOrEqual(tolerance + 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a hole inside', () => {
    fc.assert(
      fc.property(star(), tolerances, (ring, tolerance) => {
        const hole = Float64Array.from(ring, (value) => 500 + (value - 500) * 0.9);
        const simple = simplifyPolygon({ exterior: ring, holes: [hole] }, tolerance);
        expect(ringsCross(simple.exterior, simple.holes[0]!)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe('spurs', () => {
  it('go without a change of the area', () => {
    const walk = fc.array(fc.constantFrom([0, 1], [1, 0], [0, -1], [-1, 0]), { minLength: 3, maxLength: 60 });
    fc.assert(
      fc.property(walk, (steps) => {
        let [x, y] = [0, 0];
        const out = steps.map(([dx = 0, dy = 0]) => {
          x += dx;
          y += dy;
          return [x, y];
        });
        const ring = Float64Array.from(out.flat());
        const clean = dropSpurs(ring);
        expect(computeRingArea(clean)).toBe(computeRingArea(ring));
        expect(dropSpurs(clean)).toEqual(clean);
        const corners = vertices(clean);
        for (const [i, corner] of corners.entries()) expect(String(corner)).not.toBe(String(corners.at(i - 2)));
      }),
      { numRuns: 500 },
    );
  });
});

/** Sutherland-Hodgman, one side of the box after the other: the oracle for areas. */
function clip(ring: Ring, box: Box): Ring {
  type Vertex = readonly [number, number];
  const sides: [number, number, number][] = [
    [1, 0, box.left],
    [-1, 0, -box.right],
    [0, 1, box.top],
    [0, -1, -box.bottom],
  ];
  let points: Vertex[] = vertices(ring);
  for (const [nx, ny, offset] of sides) {
    const depth = ([x, y]: Vertex) => nx * x + ny * y - offset;
    points = points.flatMap((point, i) => {
      const before = points.at(i - 1)!;
      const [a, b] = [depth(before), depth(point)];
      const share = a / (a - b);
      const cut: Vertex = [before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])];
      if (a >= 0 !== b >= 0) return b >= 0 ? [cut, point] : [cut];
      return b >= 0 ? [point] : [];
    });
  }
  return Float64Array.from(points.flat());
}

function edgePairs(count: number): [number, number][] {
  return Array.from({ length: count }, (_, i) => [i, (i + 1) % count]);
}

function crossesItself(ring: Ring): boolean {
  const edges = edgePairs(ring.length / 2);
  return edges.some(([a, b], i) =>
    edges.slice(i + 1).some(([c, d]) => meetInside(ring, { from: a, to: b }, { from: c, to: d })),
  );
}

function ringsCross(a: Ring, b: Ring): boolean {
  const both = Float64Array.of(...a, ...b);
  const shift = a.length / 2;
  return edgePairs(shift).some(([from, to]) =>
    edgePairs(b.length / 2).some(([c, d]) => meetInside(both, { from, to }, { from: c + shift, to: d + shift })),
  );
}

function distanceToRing(ring: Ring, [x, y]: readonly [number, number]): number {
  const points = Float64Array.of(...ring, x, y);
  const distances = edgePairs(ring.length / 2).map(([from, to]) =>
    distanceToSegment(points, { from, to }, ring.length / 2),
  );
  return Math.min(...distances);
}
