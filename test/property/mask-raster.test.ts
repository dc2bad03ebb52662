import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeRingArea } from '../../src/geometry/kernels/ring-area.ts';
import type { MaskGrid, MaskRasterizer, MaskRule, MaskShape } from '../../src/preprocessing/xml-to-mask/annotation.ts';
import { createPixelRuns } from '../../src/preprocessing/xml-to-mask/kernels/pixel-runs.ts';
import { createMaskRasterizer } from '../../src/preprocessing/xml-to-mask/rasterizer.ts';

type Box = { x: number; y: number; width: number; height: number };

const RULES: readonly MaskRule[] = ['pixel-centre', 'nonzero', 'all-touched', 'cv2'];
const SIZE = 40;
const ONE = { x: 1, y: 1 } as const;

const paint = (shapes: readonly MaskShape[], grid: MaskGrid, rule: MaskRule, box?: Box): Uint8Array => {
  const part = box ?? { x: 0, y: 0, width: grid.width, height: grid.height };
  const target = new Uint8Array(part.width * part.height).fill(99);
  const label = createMaskRasterizer(shapes, grid, { rule }).rasterize(part, target);
  return label === undefined ? target : target.fill(label);
};

/** The label of a box, or its pixels as its runs say. */
function findRuns(rasterizer: MaskRasterizer, box: Box): number | number[] | undefined {
  const runs = createPixelRuns();
  const label = rasterizer.findRuns?.(box, { runs, spare: new Uint8Array(box.width * box.height) });
  if (label !== undefined) return label;
  const ends = [...runs.ends.subarray(0, runs.count)];
  return ends.flatMap((end, i) => Array.from({ length: end - (ends[i - 1] ?? 0) }, () => runs.values[i]!));
}

/** Coordinates in eighths, so that lines often go through corners and centres, and that the tests' own sums are exact. */
const eighths = (low: number, high: number) => fc.integer({ min: low * 8, max: high * 8 }).map((value) => value / 8);
const anyRing = (low = -20, high = SIZE + 20, maxVertices = 9) =>
  fc
    .array(fc.tuple(eighths(low, high), eighths(low, high)), { maxLength: maxVertices })
    .map((points) => Float64Array.from(points.flat()));
const anyPolygon = fc.record({ exterior: anyRing(), holes: fc.array(anyRing(), { maxLength: 2 }) });
const anyShape = fc.record({ polygon: anyPolygon, label: fc.integer({ min: 0, max: 3 }) });
const anyShapes = fc.array(anyShape, { maxLength: 6 });

/** One radius for each of evenly spaced directions. */
const anyStar = fc
  .record({
    x: fc.double({ min: 20, max: 80, noNaN: true }),
    y: fc.double({ min: 20, max: 80, noNaN: true }),
    radii: fc.array(fc.double({ min: 2, max: 60, noNaN: true }), { minLength: 3, maxLength: 40 }),
  })
  .map(({ x, y, radii }) => {
    const angle = (i: number) => (2 * Math.PI * i) / radii.length;
    return Float64Array.from(radii.flatMap((r, i) => [x + r * Math.cos(angle(i)), y + r * Math.sin(angle(i))]));
  });

const edgesOf = (ring: Float64Array) =>
  Array.from({ length: ring.length >> 1 }, (_, i) => {
    const next = (i * 2 + 2) % ring.length;
    return [ring[i * 2]!, ring[i * 2 + 1]!, ring[next]!, ring[next + 1]!] as const;
  });

/** Winding around (x, y) and crossings of the ray to its right, edge by edge, by the sign of a product that is exact. */
function cast(ring: Float64Array, x: number, y: number): { winding: number; crossings: number } {
  let winding = 0;
  let crossings = 0;
  for (const [x0, y0, x1, y1] of edgesOf(ring)) {
    if (!(Math.min(y0, y1) <= y && y < Math.max(y0, y1))) continue;
    const beyond = (y - y0) * (x1 - x0) - (x - x0) * (y1 - y0);
    if (beyond === 0 || beyond > 0 !== y1 > y0) continue;
    winding += y1 > y0 ? 1 : -1;
    crossings++;
  }
  return { winding, crossings };
}

/** Whether a point of an edge lies inside pixel (x, y), not on its border. */
function isEntered(ring: Float64Array, x: number, y: number): boolean {
  return edgesOf(ring).some(([x0, y0, x1, y1]) => {
    if (Math.max(x0, x1) <= x || Math.min(x0, x1) >= x + 1) return false;
    if (Math.max(y0, y1) <= y || Math.min(y0, y1) >= y + 1) return false;
    if (x0 === x1 && y0 === y1) return true;
    const side = (px: number, py: number) => (x1 - x0) * (py - y0) - (px - x0) * (y1 - y0);
    const sides = [side(x, y), side(x + 1, y), side(x, y + 1), side(x + 1, y + 1)];
    return Math.min(...sides) < 0 && Math.max(...sides) > 0;
  });
}

/** The rules by their definitions, pixel by pixel. */
function isTaken({ exterior, holes }: MaskShape['polygon'], rule: MaskRule, x: number, y: number): boolean {
  const own = cast(exterior, x + 0.5, y + 0.5);
  const cut = holes.reduce((sum, hole) => sum + cast(hole, x + 0.5, y + 0.5).crossings, 0);
  if (rule === 'nonzero') return own.winding !== 0 && cut % 2 === 0;
  if ((own.crossings + cut) % 2 === 1) return true;
  return rule === 'all-touched' && [exterior, ...holes].some((ring) => isEntered(ring, x, y));
}

describe('a mask', () => {
  const rules = (['pixel-centre', 'nonzero', 'all-touched'] as const).map((rule) => [rule] as const);

  it.each(rules)('has the pixels that %s names', (rule) => {
    fc.assert(
      fc.property(anyShapes, (shapes) => {
        const wanted = new Uint8Array(SIZE * SIZE);
        for (const { polygon, label } of shapes)
          for (let i = 0; i < wanted.length; i++)
            if (isTaken(polygon, rule, i % SIZE, Math.floor(i / SIZE))) wanted[i] = label;
        expect(paint(shapes, { width: SIZE, height: SIZE, downsample: ONE }, rule)).toEqual(wanted);
      }),
      { numRuns: 40 },
    );
  });

  it.each(RULES)('by %s is in any box what it is as a whole, and one label just where all pixels have it', (rule) => {
    const side = fc.integer({ min: 1, max: 70 });
    const downsample = fc.record({ x: fc.double({ min: 0.3, max: 9, noNaN: true }), y: fc.constantFrom(1, 2, 3.7) });
    fc.assert(
      fc.property(anyShapes, side, side, downsample, side, (shapes, width, height, scale, tile) => {
        const grid = { width, height, downsample: scale };
        const rasterizer = createMaskRasterizer(shapes, grid, { rule });
        const whole = paint(shapes, grid, rule);
        for (let y = 0; y < height; y += tile) {
          for (let x = 0; x < width; x += tile) {
            const box = { x, y, width: Math.min(tile, width - x), height: Math.min(tile, height - y) };
            const target = new Uint8Array(box.width * box.height + 3).fill(99);
            const label = rasterizer.rasterize(box, target);
            const wanted = Array.from({ length: box.width * box.height }, (_, i) => {
              return whole[(y + Math.floor(i / box.width)) * width + x + (i % box.width)]!;
            });
            expect(label).toBe(wanted.every((value) => value === wanted[0]) ? wanted[0] : undefined);
            if (label === undefined) expect([...target.subarray(0, wanted.length)]).toEqual(wanted);
            expect([...target.subarray(wanted.length)]).toEqual([99, 99, 99]);
            expect(findRuns(rasterizer, box)).toEqual(label === undefined ? wanted : label);
          }
        }
      }),
      { numRuns: 80 },
    );
  });

  it.each(RULES)('by %s has the same tiles of any size where vertices lie as far as 1e9', (rule) => {
    const far = fc.oneof(fc.integer({ min: -1e9, max: 1e9 }), fc.double({ min: -90, max: 300, noNaN: true }));
    const ring = fc.array(far, { minLength: 6, maxLength: 12 }).map((values) => Float64Array.from(values));
    fc.assert(
      fc.property(fc.array(ring, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 80 }), (rings, tile) => {
        const shapes = rings.map((exterior) => ({ polygon: { exterior, holes: [] }, label: 1 }));
        const grid = { width: 200, height: 150, downsample: ONE };
        const rasterizer = createMaskRasterizer(shapes, grid, { rule });
        const whole = paint(shapes, grid, rule);
        const tiled = new Uint8Array(whole.length);
        for (let y = 0; y < grid.height; y += tile) {
          for (let x = 0; x < grid.width; x += tile) {
            const box = { x, y, width: Math.min(tile, grid.width - x), height: Math.min(tile, grid.height - y) };
            const target = new Uint8Array(box.width * box.height);
            const label = rasterizer.rasterize(box, target);
            if (label !== undefined) target.fill(label);
            for (let row = 0; row < box.height; row++)
              tiled.set(target.subarray(row * box.width, (row + 1) * box.width), (y + row) * grid.width + x);
          }
        }
        expect(Buffer.compare(tiled, whole)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('has the polygon’s area within half its perimeter', () => {
    fc.assert(
      fc.property(anyStar, fc.double({ min: 0.25, max: 4, noNaN: true }), (ring, downsample) => {
        const moved = ring.map((value) => value + 70);
        const side = Math.ceil(230 / downsample);
        const grid = { width: side, height: side, downsample: { x: downsample, y: downsample } };
        const mask = paint([{ polygon: { exterior: moved, holes: [] }, label: 1 }], grid, 'pixel-centre');
        const count = mask.reduce((sum, value) => sum + value, 0);
        const perimeter = edgesOf(moved).reduce((sum, [x0, y0, x1, y1]) => sum + Math.hypot(x1 - x0, y1 - y0), 0);
        const area = Math.abs(computeRingArea(moved)) / downsample ** 2;
        // The 1 is for polygons smaller than a pixel.
        expect(Math.abs(count - area)).toBeLessThanOrEqual(perimeter / downsample / 2 + 1);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['pixel-centre', 'nonzero'] as const)(
    'by %s has no gap nor overlap between triangles with common sides',
    (rule) => {
      const jitter = fc.array(fc.double({ min: -2.9, max: 2.9, noNaN: true }), { minLength: 128, maxLength: 128 });
      fc.assert(
        fc.property(jitter, fc.boolean(), fc.boolean(), (moves, eighth, turned) => {
          const round = (value: number) => (eighth ? Math.round(value * 8) / 8 : value);
          // 8 x 8 corners, 10 apart, from -10 to 60: around the mask.
          const corner = (i: number, j: number) => [
            round(i * 10 - 10 + moves[(j * 8 + i) * 2]!),
            round(j * 10 - 10 + moves[(j * 8 + i) * 2 + 1]!),
          ];
          const counts = new Uint8Array(SIZE * SIZE);
          for (let j = 0; j < 7; j++) {
            for (let i = 0; i < 7; i++) {
              const [a, b, c, d] = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
              for (const ring of [[a, b, c], turned ? [c, a, d] : [a, c, d]]) {
                const polygon = { exterior: Float64Array.from(ring.flat()), holes: [] };
                const mask = paint([{ polygon, label: 1 }], { width: SIZE, height: SIZE, downsample: ONE }, rule);
                for (const [k, value] of mask.entries()) counts[k]! += value;
              }
            }
          }
          expect([...new Set(counts)]).toEqual([1]);
        }),
        { numRuns: 60 },
      );
    },
  );

  it.each(RULES)('by %s is the same whichever way shapes of one label are ordered, started and turned', (rule) => {
    fc.assert(
      fc.property(fc.array(anyPolygon, { minLength: 1, maxLength: 6 }), fc.nat(), (polygons, seed) => {
        const shapes = polygons.map((polygon) => ({ polygon, label: 7 }));
        const shuffled = [...shapes].sort(
          (a, b) => ((shapes.indexOf(a) * seed) % 7) - ((shapes.indexOf(b) * seed) % 7),
        );
        const turn = (ring: Float64Array) => {
          const points = Array.from({ length: ring.length / 2 }, (_, i) => [ring[i * 2]!, ring[i * 2 + 1]!]);
          const start = points.length === 0 ? 0 : seed % points.length;
          const moved = [...points.slice(start), ...points.slice(0, start)];
          // Lines of rule `cv2` that leave the mask are cut from their first end on.
          return Float64Array.from((rule === 'cv2' ? moved : moved.reverse()).flat());
        };
        const turned = shuffled.map(({ polygon, label }) => ({
          polygon: { exterior: turn(polygon.exterior), holes: polygon.holes.map(turn).reverse() },
          label,
        }));
        const grid = { width: SIZE, height: SIZE, downsample: { x: 1.5, y: 1 } };
        expect(paint(turned, grid, rule)).toEqual(paint(shapes, grid, rule));
      }),
      { numRuns: 80 },
    );
  });
});
