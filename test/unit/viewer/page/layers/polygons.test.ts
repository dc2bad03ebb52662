import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeRingArea } from '../../../../../src/geometry/kernels/ring-area.ts';
import { locatePoint } from '../../../../../src/geometry/locate-point.ts';
import { createRingIndex } from '../../../../../src/geometry/ring-index.ts';
import { type RingPoints, thinRings } from '../../../../../src/viewer/page/layers/kernels/thin-rings.ts';
import { traceRing } from '../../../../../src/viewer/page/layers/kernels/trace-ring.ts';
import {
  type PolygonCanvas,
  planPolygonTile,
  tracePolygons,
} from '../../../../../src/viewer/page/layers/polygons/draw-polygon-tile.ts';
import { computePolygonArea, findPolygonsAt } from '../../../../../src/viewer/page/layers/polygons/find-polygons.ts';
import { parsePolygons } from '../../../../../src/viewer/page/layers/polygons/parse-polygons.ts';
import { createPolygonIndex } from '../../../../../src/viewer/page/layers/polygons/polygon-index.ts';

type Points = readonly (readonly [x: number, y: number])[];
interface Outline {
  readonly class?: number;
  readonly rings: readonly Points[];
}

/** The file of polygons/NAME.bin. */
function pack(polygons: readonly Outline[]): ArrayBuffer {
  const rings = polygons.flatMap((polygon) => polygon.rings);
  const points = rings.flat();
  const starts = (lengths: readonly number[]) => [
    0,
    ...lengths.map((_, i) => lengths.slice(0, i + 1).reduce((a, b) => a + b)),
  ];
  const numbers = [
    ...[polygons.length, rings.length, points.length, 0],
    ...polygons.map((polygon) => polygon.class ?? 0),
    ...starts(polygons.map((polygon) => polygon.rings.length)),
    ...starts(rings.map((ring) => ring.length)),
  ];
  const file = new ArrayBuffer(4 * numbers.length + 8 * points.length);
  new Uint32Array(file, 0, numbers.length).set(numbers);
  new Float32Array(file, 4 * numbers.length).set(points.flat());
  return file;
}

function square(left: number, top: number, side: number): Points {
  return [
    [left, top],
    [left + side, top],
    [left + side, top + side],
    [left, top + side],
  ];
}

function toRings(rings: readonly Points[]): RingPoints {
  return parsePolygons(pack([{ rings }]));
}

/** What was drawn: paths, and the orders between. */
class Recorder implements PolygonCanvas {
  fillStyle: unknown;
  strokeStyle: unknown;
  lineWidth = 0;
  lineJoin = '';
  readonly done: string[] = [];
  readonly points: [number, number][] = [];
  beginPath() {
    this.done.push('begin');
  }
  moveTo(x: number, y: number) {
    this.points.push([x, y]);
  }
  lineTo(x: number, y: number) {
    this.points.push([x, y]);
  }
  closePath() {
    this.done.push('close');
  }
  fill(rule: string) {
    this.done.push(`fill ${rule} ${this.fillStyle}`);
  }
  stroke() {
    this.done.push(`stroke ${this.strokeStyle}`);
  }
}

const points = fc.array(fc.tuple(fc.integer({ min: -200, max: 300 }), fc.integer({ min: -200, max: 300 })), {
  minLength: 3,
  maxLength: 25,
});

describe('a ring on a tile', () => {
  it('covers the same places of it, with fewer points outside', () => {
    let dropped = 0;
    fc.assert(
      fc.property(points, fc.constantFrom(0.5, 1, 2), (ring, downsample) => {
        const frame = { left: 10, top: -20, downsample, size: 100, margin: 5 };
        const path = new Recorder();
        traceRing(path, toRings([ring]), 0, frame);
        dropped += ring.length - path.points.length;
        const whole = createRingIndex(Float64Array.from(ring.flat()));
        const seen = createRingIndex(Float64Array.from(path.points.flat()));
        // Halves of pixels: places that are on few edges.
        const wrong: number[][] = [];
        for (let y = -4.75; y < 105; y += 7)
          for (let x = -4.75; x < 105; x += 7) {
            const place = locatePoint(whole, 10 + x * downsample, -20 + y * downsample);
            if (locatePoint(seen, x, y) !== place) wrong.push([x, y]);
          }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(dropped).toBeGreaterThan(100);
  });

  it('of ten thousand points, one of which is seen, is a few lines', () => {
    const far = Array.from({ length: 10_000 }, (_, i): [number, number] => [1000 + (i % 7), i]);
    const path = new Recorder();
    traceRing(path, toRings([[[5, 5], ...far]]), 0, { left: 0, top: 0, downsample: 1, size: 100, margin: 0 });
    expect(path.points.length).toBeLessThan(10);
  });

  it('loses points by zoom, and none moves by more than the tolerance', () => {
    fc.assert(
      fc.property(points, points, fc.integer({ min: 1, max: 60 }), (one, other, tolerance) => {
        const rings = toRings([one, other]);
        const thin = thinRings(rings, tolerance);
        expect(thin.firstPoints[2]).toBe(thin.points.length / 2);
        for (const [ring, all] of [one, other].entries()) {
          const [from = 0, to = 0] = thin.firstPoints.subarray(ring, ring + 2);
          const kept = Array.from({ length: to - from }, (_, i) =>
            thin.points.subarray(2 * (from + i), 2 * (from + i) + 2),
          );
          expect([...(kept[0] ?? [])]).toEqual([...(all[0] ?? [])]);
          for (const [x, y] of all)
            expect(kept.some(([a = 0, b = 0]) => Math.abs(a - x) <= tolerance && Math.abs(b - y) <= tolerance)).toBe(
              true,
            );
        }
      }),
    );
  });
});

describe('a tile of polygons', () => {
  const index = createPolygonIndex(
    parsePolygons(
      pack([
        { rings: [square(0, 0, 400), square(100, 100, 50)] },
        { class: 1, rings: [square(10, 10, 6)] },
        { class: 2, rings: [square(20, 20, 100)] },
      ]),
    ),
  );
  const style = { colors: [[230, 159, 0], [86, 180, 233], null], fill: true, outline: true } as const;
  const frame = { left: 0, top: 0, downsample: 4, size: 128 };

  it('traces the large ones with their holes, paints small ones as boxes, leaves hidden classes out', () => {
    const plan = planPolygonTile(index, frame, style);
    expect([...plan.traced]).toEqual([0]);
    // Box 2.5 .. 4 of the tile's pixels.
    const alphas = [1, 2, 3, 4].map((x) => plan.dots?.[(3 * 128 + x) * 4 + 3]);
    expect(alphas).toEqual([0, 95, 190, 0]);
    expect([...(plan.dots ?? []).slice((3 * 128 + 3) * 4, (3 * 128 + 3) * 4 + 3)]).toEqual([86, 180, 233]);
    const canvas = new Recorder();
    tracePolygons(canvas, index, { frame, style, traced: plan.traced });
    expect(canvas.done).toEqual([
      ...['begin', 'close', 'close'],
      ...['fill evenodd rgb(230 159 0 / 0.35)', 'stroke rgb(230 159 0)'],
    ]);
    expect(canvas.points).toHaveLength(8);
  });

  it('shows nothing where nothing is shown', () => {
    const plan = planPolygonTile(index, frame, { ...style, colors: [null, null, null] });
    expect(plan).toEqual({ dots: null, traced: new Uint32Array() });
  });

  it('finds what is under a point: the smallest first, nothing in holes', () => {
    expect(findPolygonsAt(index, 50, 50)).toEqual([2, 0]);
    expect(findPolygonsAt(index, 12, 12)).toEqual([1, 0]);
    expect(findPolygonsAt(index, 130, 130)).toEqual([]);
    expect(findPolygonsAt(index, 399, 399)).toEqual([0]);
    expect(findPolygonsAt(index, 401, 399)).toEqual([]);
    expect(computePolygonArea(index.table, 0)).toBe(400 * 400 - 50 * 50);
    expect(Math.abs(computeRingArea(Float64Array.from(square(0, 0, 400).flat())))).toBe(160_000);
  });
});

describe('a table of polygons', () => {
  it.each<[string, (file: ArrayBuffer) => ArrayBuffer, string]>([
    ['cut off', (file) => file.slice(0, -4), 'bytes of polygons'],
    ['without a header', (file) => file.slice(0, 8), 'expected a table of polygons'],
    ['whose rings go back', (file) => swap(file, 6, 9), 'overlap each other'],
  ])('%s is refused', (_, damage, message) => {
    expect(() => parsePolygons(damage(pack([{ rings: [square(0, 0, 4)] }, { rings: [square(5, 5, 4)] }])))).toThrow(
      message,
    );
  });
});

function swap(file: ArrayBuffer, at: number, value: number): ArrayBuffer {
  new Uint32Array(file)[at] = value;
  return file;
}
