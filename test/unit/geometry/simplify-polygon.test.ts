import { describe, expect, it } from 'vitest';
import { dropSpurs } from '../../../src/geometry/kernels/drop-spurs.ts';
import { simplifyPolygon } from '../../../src/geometry/simplify-polygon.ts';

const ring = (...xy: number[]) => Float64Array.from(xy);
const simplify = (exterior: Float64Array, tolerance: number, holes: Float64Array[] = []) =>
  simplifyPolygon({ exterior, holes }, tolerance);

describe('simplification that keeps topology', () => {
  it('drops vertices within the tolerance of their chord, and keeps the first', () => {
    const bumpy = ring(0, 0, 5, 1, 10, 0, 10, 10, 5, 9, 0, 10);
    expect([...simplify(bumpy, 1).exterior]).toEqual([0, 0, 10, 0, 10, 10, 0, 10]);
    expect([...simplify(bumpy, 0.99).exterior]).toEqual([...bumpy]);
  });

  it('drops vertices on their chord at tolerance 0', () => {
    expect([...simplify(ring(0, 0, 4, 0, 10, 0, 10, 10, 0, 10), 0).exterior]).toEqual([0, 0, 10, 0, 10, 10, 0, 10]);
  });

  it('never leaves fewer than three vertices', () => {
    expect(simplify(ring(0, 0, 2, 0, 2, 2, 0, 2), 100).exterior.length).toBeGreaterThanOrEqual(6);
    expect([...simplify(ring(0, 0, 1, 1), 100).exterior]).toEqual([0, 0, 1, 1]);
    expect(simplify(ring(), 1).exterior.length).toBe(0);
  });

  it('keeps a notch that a hole reaches into', () => {
    // The exterior bulges to y = -3 around a hole that lies in the bulge: the straight chord would cut the hole.
    const exterior = ring(0, 0, 4, 0, 4, -3, 6, -3, 6, 0, 10, 0, 10, 10, 0, 10);
    const hole = ring(4.5, -2, 5.5, -2, 5.5, 1, 4.5, 1);
    const flattened = simplify(exterior, 4).exterior;
    const kept = simplify(exterior, 4, [hole]).exterior;
    const highest = (r: Float64Array) => Math.min(...r.filter((_, i) => i % 2 === 1));
    expect(highest(flattened)).toBe(0);
    expect(highest(kept)).toBe(-3);
  });
});

describe('spurs', () => {
  it('returns a ring without any as it is', () => {
    const clean = ring(0, 0, 10, 0, 10, 10, 0, 10);
    expect(dropSpurs(clean)).toBe(clean);
  });

  it('takes a spur out and begins at its foot', () => {
    const spurred = ring(0, 0, 10, 0, 10, 5, 12, 5, 14, 5, 12, 5, 10, 5, 10, 10, 0, 10);
    expect([...dropSpurs(spurred)]).toEqual([10, 5, 10, 10, 0, 10, 0, 0, 10, 0]);
  });

  it('takes a spur across the joint out, and repeated vertices', () => {
    expect([...dropSpurs(ring(-5, 0, 0, 0, 10, 0, 10, 0, 10, 10, 0, 0))]).toEqual([0, 0, 10, 0, 10, 10]);
    expect([...dropSpurs(ring(0, 0, 10, 0, 10, 10, 0, 0))]).toEqual([0, 0, 10, 0, 10, 10]);
  });

  it('leaves nothing of a ring that encloses nothing', () => {
    expect(dropSpurs(ring(0, 0, 1, 1, 2, 2, 1, 1)).length).toBe(0);
    expect(dropSpurs(ring(3, 3)).length).toBe(0);
    expect(dropSpurs(ring()).length).toBe(0);
  });
});
