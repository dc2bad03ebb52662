import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatDrawing as formatStored } from '../../../../../src/viewer/edit/format-drawing.ts';
import { parseDrawing as parseSent } from '../../../../../src/viewer/edit/parse-drawing.ts';
import {
  addHole,
  addShape,
  insertVertex,
  moveShape,
  moveVertex,
  removeRing,
  removeShape,
  removeVertex,
  setKind,
  simplifyShape,
} from '../../../../../src/viewer/page/edit/change-drawing.ts';
import { checkShape } from '../../../../../src/viewer/page/edit/check-shape.ts';
import { compareDrawings, hasChanges } from '../../../../../src/viewer/page/edit/compare-drawings.ts';
import { type Drawing, EMPTY_DRAWING, findShape, type Shape } from '../../../../../src/viewer/page/edit/drawing.ts';
import { formatDrawing, parseDrawing } from '../../../../../src/viewer/page/edit/drawing-geojson.ts';
import { findEdge, findShapeAt, findVertex } from '../../../../../src/viewer/page/edit/find-hit.ts';
import { closeFreehand, closeRing } from '../../../../../src/viewer/page/edit/freehand.ts';
import { createHistory, record, redo, undo } from '../../../../../src/viewer/page/edit/history.ts';
import { thinRing } from '../../../../../src/viewer/page/edit/kernels/thin-ring.ts';
import { computeDrawingArea, computeShapeArea, formatArea } from '../../../../../src/viewer/page/edit/measure-shape.ts';

const TUMOR = { name: 'Tumor', color: [200, 0, 0] } as const;
const SLIDE = { width: 1000, height: 1000 };
const ring = (...values: number[]) => Float64Array.from(values);
const square = (x: number, y: number, side: number) => ring(x, y, x + side, y, x + side, y + side, x, y + side);
const first = ({ shapes: [shape] }: Drawing) => shape as Shape;

const finite = fc.double({ min: -1000, max: 2000, noNaN: true });
const point = fc.record({ x: finite, y: finite });
const star = fc
  .record({ at: point, radii: fc.array(fc.double({ min: 1, max: 300, noNaN: true }), { minLength: 3, maxLength: 20 }) })
  .map(({ at, radii }) =>
    Float64Array.from(
      radii.flatMap((radius, k) => {
        const angle = (2 * Math.PI * k) / radii.length;
        return [at.x + radius * Math.cos(angle), at.y + radius * Math.sin(angle)];
      }),
    ),
  );
const drawing = fc
  .array(fc.tuple(star, fc.array(star, { maxLength: 2 })), { minLength: 1, maxLength: 4 })
  .map((shapes) => shapes.reduce((all, [outline, holes]) => addShape(all, [outline, ...holes], TUMOR), EMPTY_DRAWING));
/** Any edit at any place that the drawing has. */
const edit = fc
  .tuple(fc.nat(8), fc.nat(), fc.nat(), fc.nat(), point)
  .map(([what, shape, ringAt, vertex, to]) => (before: Drawing) => {
    const chosen = before.shapes[shape % Math.max(1, before.shapes.length)];
    if (!chosen) return addShape(before, [square(to.x, to.y, 5)], null);
    const k = ringAt % chosen.rings.length;
    const at = { key: chosen.key, ring: k, vertex: vertex % ((chosen.rings[k]?.length ?? 2) / 2) };
    const edits = [
      () => moveVertex(before, at, to),
      () => insertVertex(before, at, to),
      () => removeVertex(before, at),
      () => removeRing(before, at),
      () => removeShape(before, at.key),
      () => setKind(before, at.key, TUMOR),
      () => addHole(before, at.key, square(to.x, to.y, 3)),
      () => moveShape(before, at.key, to),
      () => addShape(before, [square(to.x, to.y, 4)], TUMOR),
    ];
    return edits[what]?.() ?? before;
  });
const copy = (one: Drawing) => structuredClone(one);

describe('edits', () => {
  it('move, insert and remove one vertex, and nothing else', () => {
    const two = addShape(
      addShape(EMPTY_DRAWING, [square(0, 0, 10), square(2, 2, 4)], TUMOR),
      [square(50, 50, 5)],
      null,
    );
    const at = { key: 1, ring: 0, vertex: 1 };
    const moved = moveVertex(two, at, { x: 20, y: -5 });
    expect([...(first(moved).rings[0] ?? [])]).toEqual([0, 0, 20, -5, 10, 10, 0, 10]);
    expect(first(moved).rings[1]).toBe(first(two).rings[1]);
    expect(moved.shapes[1]).toBe(two.shapes[1]);
    const longer = insertVertex(two, { ...at, vertex: 3 }, { x: -1, y: 5 });
    expect([...(first(longer).rings[0] ?? [])]).toEqual([0, 0, 10, 0, 10, 10, 0, 10, -1, 5]);
    expect(removeVertex(longer, { ...at, vertex: 4 })).toEqual(two);
    const triangle = removeVertex(two, { key: 1, ring: 1, vertex: 0 });
    expect(first(triangle).rings.map(({ length }) => length)).toEqual([8, 6]);
    // A ring of two has no area: it goes as a whole, and with its outline the shape.
    expect(first(removeVertex(triangle, { key: 1, ring: 1, vertex: 0 })).rings).toHaveLength(1);
    const last = removeVertex(removeVertex(two, { key: 2, ring: 0, vertex: 0 }), { key: 2, ring: 0, vertex: 0 });
    expect(last.shapes.map(({ key }) => key)).toEqual([1]);
  });

  test('never change what was before, keep keys apart, and are taken back and done again', () => {
    fc.assert(
      fc.property(drawing, fc.array(edit, { minLength: 1, maxLength: 12 }), (start, edits) => {
        let history = createHistory(start);
        const seen = [{ state: start, copy: copy(start) }];
        for (const change of edits) {
          history = record(history, change(history.present));
          seen.push({ state: history.present, copy: copy(history.present) });
          const keys = history.present.shapes.map(({ key }) => key);
          if (new Set(keys).size !== keys.length) return false;
          if (history.present.shapes.some(({ rings }) => rings.length < 1 || rings.some(({ length }) => length < 6)))
            return false;
        }
        expect(seen.map(({ state }) => state)).toEqual(seen.map((one) => one.copy));
        for (const { state } of seen.toReversed().slice(1)) {
          history = undo(history);
          if (history.present !== state) return false;
        }
        if (undo(history) !== history) return false;
        for (const { state } of seen.slice(1)) {
          history = redo(history);
          if (history.present !== state) return false;
        }
        return redo(history) === history;
      }),
      { numRuns: 60 },
    );
  });

  test('a new edit after taking back forgets what was taken back', () => {
    const history = record(undo(record(record(createHistory('a'), 'b'), 'c')), 'd');
    expect(history).toEqual({ past: ['a', 'b'], present: 'd', future: [] });
  });
});

describe('what lies under the pointer', () => {
  test('is the nearest vertex and the nearest point of an edge', () => {
    fc.assert(
      fc.property(drawing, point, fc.double({ min: 1, max: 200, noNaN: true }), (some, at, reach) => {
        const shape = first(some);
        const all = shape.rings.flatMap((one, k) =>
          Array.from({ length: one.length / 2 }, (_, vertex) => ({
            at: { key: shape.key, ring: k, vertex },
            away: Math.hypot((one[vertex * 2] ?? 0) - at.x, (one[vertex * 2 + 1] ?? 0) - at.y),
          })),
        );
        const nearest = all.reduce((best, one) => (one.away < best.away ? one : best));
        const vertex = findVertex(shape, at, reach);
        // Where two are equally near either will do.
        const found = all.find((one) => one.at.ring === vertex?.ring && one.at.vertex === vertex.vertex);
        if (found ? found.away > Math.min(nearest.away, reach) + 1e-9 : nearest.away < reach - 1e-9) return false;
        const edge = findEdge(shape, at, reach);
        if (!edge) return nearest.away > reach - 1e-9;
        const away = Math.hypot(edge.on.x - at.x, edge.on.y - at.y);
        return away <= nearest.away + 1e-9 && away <= reach + 1e-9;
      }),
      { numRuns: 200 },
    );
  });

  it('is the topmost shape, and not one with a hole there', () => {
    const below = addShape(EMPTY_DRAWING, [square(0, 0, 100)], null);
    const both = addShape(below, [square(10, 10, 50), square(20, 20, 20)], null);
    expect(findShapeAt(both, { x: 15, y: 15 }, 1)?.key).toBe(2);
    expect(findShapeAt(both, { x: 30, y: 30 }, 1)?.key).toBe(1);
    expect(findShapeAt(both, { x: 103, y: 50 }, 4)?.key).toBe(1);
    expect(findShapeAt(both, { x: 103, y: 50 }, 2)).toBeUndefined();
  });
});

describe('what is wrong with a shape', () => {
  const check = (...rings: Float64Array[]) => checkShape({ key: 1, kind: null, rings }, SLIDE);
  it('is told, with its place', () => {
    expect(check(square(10, 10, 100), square(30, 30, 10))).toEqual([]);
    expect(check(ring(0, 0, 10, 0))).toMatchObject([
      { fatal: true, text: 'The outline has fewer than three corners.' },
    ]);
    expect(check(ring(0, 0, 10, 0, 20, 0))).toMatchObject([{ fatal: true }]);
    expect(check(ring(0, 0, 100, 100, 100, 0, 0, 90))).toMatchObject([
      { fatal: false, text: 'The outline crosses itself.' },
    ]);
    expect(check(square(10, 10, 100), square(200, 200, 10))).toMatchObject([{ text: 'Hole 1 leaves the outline.' }]);
    expect(check(square(10, 10, 100), square(90, 90, 40))).toMatchObject([{ text: 'Hole 1 leaves the outline.' }]);
    expect(check(square(10, 10, 100), square(20, 20, 20), square(30, 30, 20))).toMatchObject([
      { text: 'Hole 2 crosses hole 1.' },
    ]);
    expect(check(square(950, 10, 100))).toMatchObject([{ text: 'It leaves the slide.' }]);
  });

  it('is nothing of shapes that turn around once', () => {
    fc.assert(
      fc.property(star, (outline) =>
        checkShape({ key: 1, kind: null, rings: [outline] }, { width: 4e3, height: 4e3 }).every(
          ({ text }) => text === 'It leaves the slide.',
        ),
      ),
    );
  });
});

describe('areas', () => {
  it('are those of the outline less its holes, wherever it lies', () => {
    fc.assert(
      fc.property(drawing, point, (some, by) => {
        const shape = first(some);
        const moved = first(moveShape(some, shape.key, by));
        expect(computeShapeArea(moved)).toBeCloseTo(computeShapeArea(shape), 4);
      }),
    );
    const some = addShape(EMPTY_DRAWING, [square(0, 0, 100), square(10, 10, 30)], TUMOR);
    expect(computeDrawingArea(some)).toBe(9100);
    expect(formatArea(9100, { x: 0.5, y: 0.5 })).toBe('2,275 µm²');
    expect(formatArea(9.1e6, { x: 0.5, y: 0.5 })).toBe('2.275 mm²');
    expect(formatArea(9100, null)).toBe('0.009 Mpx');
  });

  it('stay nearly the same when a staircase is simplified, with far fewer corners', () => {
    const stairs = Float64Array.from(
      Array.from({ length: 50 }, (_, k) => [k * 10, k * 10, k * 10 + 10, k * 10])
        .flat()
        .concat([0, 490]),
    );
    const before = addShape(EMPTY_DRAWING, [stairs], null);
    const after = simplifyShape(before, 1, 10);
    expect(first(after).rings[0]?.length).toBeLessThan(10);
    expect(Math.abs(computeDrawingArea(after) / computeDrawingArea(before) - 1)).toBeLessThan(0.05);
    expect(simplifyShape(before, 1, 0).shapes[0]?.rings[0]).toEqual(stairs);
  });

  it('are compared by class', () => {
    const before = addShape(addShape(EMPTY_DRAWING, [square(0, 0, 10)], TUMOR), [square(50, 0, 10)], null);
    const after = addShape(
      removeShape(moveVertex(before, { key: 1, ring: 0, vertex: 0 }, { x: 0, y: 10 }), 2),
      [square(0, 0, 20)],
      TUMOR,
    );
    // The key of a shape that is gone may be given again: then it counts as changed.
    expect(compareDrawings(before, after)).toMatchObject({ before: 200, after: 450 });
    expect(compareDrawings(before, after).classes).toEqual([
      { name: 'Tumor', before: 100, after: 450 },
      { name: 'without class', before: 100, after: 0 },
    ]);
    expect([hasChanges(compareDrawings(before, before)), hasChanges(compareDrawings(before, after))]).toEqual([
      false,
      true,
    ]);
  });
});

describe('lines that were drawn', () => {
  it('are closed without what repeats, and freehand ones without what says nothing', () => {
    expect(
      closeRing([
        { x: 0, y: 0 },
        { x: 0, y: 0.001 },
        { x: 5, y: 5 },
      ]),
    ).toBeUndefined();
    const points = [0, 1, 2, 3].flatMap((side) =>
      Array.from({ length: 50 }, (_, k) => {
        const [a, b] = [k * 2, 100];
        return (
          [
            { x: a, y: 0 },
            { x: b, y: a },
            { x: b - a, y: b },
            { x: 0, y: b - a },
          ][side] ?? { x: 0, y: 0 }
        );
      }),
    );
    expect([...(closeFreehand([...points, { x: 0, y: 0 }], 1) ?? [])]).toEqual([0, 0, 100, 0, 100, 100, 0, 100]);
  });
});

describe('what is painted of far away', () => {
  it('is the ring without corners that lie within a step of the last one', () => {
    fc.assert(
      fc.property(star, fc.double({ min: 0.1, max: 500, noNaN: true }), (outline, step) => {
        const thin = thinRing(outline, step);
        let at = 0;
        for (let k = 0; k < outline.length; k += 2) {
          const [x, y] = [outline[k] ?? 0, outline[k + 1] ?? 0];
          if (at < thin.length && x === thin[at] && y === thin[at + 1]) at += 2;
          else if (!(Math.abs(x - (thin[at - 2] ?? 0)) < step && Math.abs(y - (thin[at - 1] ?? 0)) < step))
            return false;
        }
        return at === thin.length && thin.length >= 2;
      }),
    );
    expect([...thinRing(ring(0, 0, 1, 1, 3, 0, 3.5, 0.5), 2)]).toEqual([0, 0, 3, 0]);
  });
});

describe('files', () => {
  test('what is sent is what the server stores and sends back: the same numbers, rings and names', async () => {
    await fc.assert(
      fc.asyncProperty(drawing, async (some) => {
        const stored = formatStored(await parseSent(formatDrawing(some)));
        const { drawing: back, left } = parseDrawing(stored);
        expect(left).toBe(0);
        // The server turns rings around, so that holes run against outlines; the first vertex stays.
        const sorted = (one: Drawing) =>
          one.shapes.map(({ kind, rings }) => ({
            kind,
            rings: rings.map((each) =>
              Array.from({ length: each.length / 2 }, (_, k) => `${each[k * 2]},${each[k * 2 + 1]}`).sort(),
            ),
          }));
        expect(sorted(back)).toEqual(sorted(some));
        expect(formatStored(await parseSent(formatDrawing(back)))).toBe(stored);
        return true;
      }),
      { numRuns: 40 },
    );
  });

  it('have points and lines that are not taken over, and several polygons in one feature', () => {
    const at = [
      [
        [0, 0],
        [9, 0],
        [9, 9],
        [0, 0],
      ],
    ];
    const features = [
      {
        type: 'Feature',
        id: 'a',
        geometry: { type: 'MultiPolygon', coordinates: [at, at] },
        properties: { name: 'n', classification: { name: 'Tumor' } },
      },
      { type: 'Feature', geometry: { type: 'Point', coordinates: [1, 2] }, properties: {} },
      { type: 'Feature', geometry: null, properties: null },
    ];
    const { drawing: read, left } = parseDrawing(JSON.stringify({ type: 'FeatureCollection', features }));
    expect([read.shapes.map(({ key, id, name, kind }) => [key, id, name, kind?.name]), left]).toEqual([
      [
        [1, 'a', 'n', 'Tumor'],
        [2, 'a', 'n', 'Tumor'],
      ],
      2,
    ]);
    expect(findShape(read, 2)?.rings.map((one) => [...one])).toEqual([[0, 0, 9, 0, 9, 9]]);
  });
});
