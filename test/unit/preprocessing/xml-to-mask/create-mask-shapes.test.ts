import { describe, expect, it } from 'vitest';
import type { Polygon } from '../../../../src/geometry/polygon.ts';
import type {
  AnnotationLayer,
  AnnotationRegion,
  AnnotationSet,
} from '../../../../src/preprocessing/xml-to-mask/annotation.ts';
import {
  createMaskShapes,
  type MaskShapeOptions,
} from '../../../../src/preprocessing/xml-to-mask/create-mask-shapes.ts';
import { createRectangle } from '../../../../src/preprocessing/xml-to-mask/readers/shapes.ts';

const square = (left: number, top: number, side: number): Polygon =>
  createRectangle({ left, top, right: left + side, bottom: top + side });
const region = (polygon: Polygon, facts: Partial<AnnotationRegion> = {}): AnnotationRegion => ({
  ...{ kind: 'polygon', negative: false, polygons: [polygon], attributes: new Map() },
  ...facts,
});
const layer = (name: string, ...regions: AnnotationRegion[]): AnnotationLayer => ({
  name,
  attributes: new Map(),
  regions,
});
const set = (...layers: AnnotationLayer[]): AnnotationSet => ({
  format: 'aperio',
  source: 'a.xml',
  layers,
  notices: [],
});
/** Label and side of every shape, in the order of painting. */
const paint = (annotations: AnnotationSet, options?: MaskShapeOptions) =>
  createMaskShapes(annotations, options).shapes.map(({ polygon, label }) => [
    label,
    polygon.exterior[2]! - polygon.exterior[0]!,
  ]);

describe('labels', () => {
  const annotations = set(
    layer(
      'one',
      region(square(0, 0, 9), { className: 'b', color: [1, 2, 3] }),
      region(square(20, 0, 8), { className: 'a', name: 'x' }),
    ),
    layer('two', region(square(40, 0, 7), { className: 'b' }), region(square(60, 0, 6))),
  );

  it('are numbered as classes occur, by class, layer or name', () => {
    expect(createMaskShapes(annotations).labels).toEqual([
      { value: 1, name: 'b', color: [1, 2, 3] },
      { value: 2, name: 'a', color: undefined },
      { value: 3, name: 'two', color: undefined },
    ]);
    expect(createMaskShapes(annotations, { classBy: 'layer' }).labels.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(createMaskShapes(annotations, { classBy: 'name' }).labels.map(({ name }) => name)).toEqual(['unnamed', 'x']);
  });

  it('are those of the map; what it does not name is left out with a notice, an error, or another label', () => {
    const { shapes, labels, notices } = createMaskShapes(annotations, { classes: { b: 7, z: 9 } });
    expect(shapes.map(({ label }) => label)).toEqual([7, 7]);
    expect(labels.map(({ value, name }) => [value, name])).toEqual([
      [7, 'b'],
      [9, 'z'],
    ]);
    expect(notices).toEqual([
      'not painted: 1 region of class "a", which has no label',
      'not painted: 1 region of class "two", which has no label',
    ]);
    expect(() => createMaskShapes(annotations, { classes: { b: 7 }, unmapped: 'error' })).toThrow(
      /region x: class "a" has no label/,
    );
    expect(
      createMaskShapes(annotations, { classes: { b: 7 }, unmapped: 255 }).shapes.map(({ label }) => label),
    ).toEqual([7, 255, 7, 255]);
    expect(() => createMaskShapes(annotations, { classes: { b: 256 } })).toThrow(/classes.b/);
    expect(() => createMaskShapes(annotations, { classes: {} })).toThrow(/at least one class/);
  });

  it('have the colour of their layer, else of a region, and none that another label has', () => {
    const yellow = [244, 250, 88] as const;
    const drawn = (className: string) => region(square(0, 0, 9), { className, color: yellow });
    const groups = set(
      { ...layer('a', drawn('a')), color: [0, 255, 0] },
      { ...layer('b', drawn('b')), color: [0, 0, 255] },
    );
    expect(createMaskShapes(groups).labels.map(({ color }) => color)).toEqual([
      [0, 255, 0],
      [0, 0, 255],
    ]);
    const plain = set(layer('all', drawn('a'), drawn('b')));
    expect(createMaskShapes(plain).labels.map(({ color }) => color)).toEqual([yellow, undefined]);
  });

  it('of coordinates that no slide has there are none: the error says which region', () => {
    const far = region({ exterior: Float64Array.of(0, 0, 1e300, 0, 9, 9), holes: [] }, { id: '12' });
    expect(() => createMaskShapes(set(layer('l', far)))).toThrow(
      /a\.xml: region 12: its coordinates reach from 0, 0 to 1e\+300, 9/,
    );
  });

  it('are 255 at most', () => {
    const many = Array.from({ length: 256 }, (_, k) => region(square(k * 10, 0, 5), { className: `c${k}` }));
    expect(() => createMaskShapes(set(layer('l', ...many)))).toThrow(/256 classes/);
    expect(createMaskShapes(set(layer('l', ...many.slice(1)))).labels).toHaveLength(255);
  });

  it('points and lines have none', () => {
    const points = region(square(0, 0, 1), { kind: 'point', polygons: [], points: Float64Array.of(1, 2), id: 'p' });
    const { shapes, notices } = createMaskShapes(set(layer('l', points)));
    expect(shapes).toEqual([]);
    expect(notices).toEqual(['not painted: a point has no area: p']);
  });
});

describe('order', () => {
  const annotations = set(
    layer('a', region(square(3, 3, 2)), region(square(2, 2, 4), { negative: true }), region(square(0, 0, 9))),
    layer('b', region(square(20, 20, 3))),
  );

  it('area: the large first, so that an island survives; layers follow one another', () => {
    expect(paint(annotations)).toEqual([
      [1, 9],
      [0, 4],
      [1, 2],
      [2, 3],
    ]);
  });
  it('layers: what is drawn, then what is cut out', () => {
    expect(paint(annotations, { order: 'layers' })).toEqual([
      [1, 2],
      [1, 9],
      [0, 4],
      [2, 3],
    ]);
  });
  it('file: as drawn', () => {
    expect(paint(annotations, { order: 'file' })).toEqual([
      [1, 2],
      [0, 4],
      [1, 9],
      [2, 3],
    ]);
  });
  it('classes: as the map lists them', () => {
    const classes = { b: 3, a: 1 };
    expect(paint(annotations, { order: 'classes', classes }).map(([label]) => label)).toEqual([3, 1, 0, 1]);
  });
  it('max: the greatest label is painted last', () => {
    expect(paint(annotations, { conflict: 'max', classes: { a: 5, b: 2 } }).map(([label]) => label)).toEqual([
      2, 5, 0, 5,
    ]);
  });
  it('a hole with the outline of its region leaves nothing', () => {
    const annotated = set(layer('a', region(square(0, 0, 9), { negative: true }), region(square(0, 0, 9))));
    expect(paint(annotated)).toEqual([
      [1, 9],
      [0, 9],
    ]);
  });
});

describe('what is negative is cut out of its own layer', () => {
  const below = layer('below', region(square(0, 0, 100)));

  it('as a hole of its region where another layer lies below', () => {
    const above = layer(
      'above',
      region(square(10, 10, 50)),
      region(square(20, 20, 9), { negative: true }),
      region(square(40, 40, 9), { negative: true }),
    );
    const { shapes, notices } = createMaskShapes(set(below, above));
    expect(shapes.map(({ label, polygon }) => [label, polygon.holes.length])).toEqual([
      [1, 0],
      [2, 2],
    ]);
    expect(notices).toEqual([]);
  });

  it('and of all, with a notice, where it lies in no single region', () => {
    const above = layer('above', region(square(10, 10, 50)), region(square(55, 55, 9), { negative: true, id: '4' }));
    const { shapes, notices } = createMaskShapes(set(below, above));
    expect(shapes.map(({ label }) => label)).toEqual([1, 2, 0]);
    expect(notices).toEqual(['cut out of other layers too, since it does not lie inside one region of its own: 4']);
  });
});

describe('conflict: error', () => {
  const refuse = (a: Polygon, b: Polygon) =>
    expect(() =>
      createMaskShapes(set(layer('a', region(a, { id: '1' })), layer('b', region(b, { id: '2' }))), {
        conflict: 'error',
      }),
    );

  it.each([
    ['edges that cross', square(0, 0, 9), square(5, 5, 9)],
    ['one in the other', square(0, 0, 9), square(2, 2, 2)],
    ['the same outline', square(0, 0, 9), square(0, 0, 9)],
    ['one in the other, sharing an edge', square(0, 0, 9), createRectangle({ left: 0, top: 0, right: 4, bottom: 9 })],
  ])('refuses %s', (_name, a, b) => {
    refuse(a, b).toThrow(/region 1: overlaps region 2, and their labels 1 and 2 differ/);
    refuse(b, a).toThrow(/region 1: overlaps region 2/);
  });

  it.each([
    ['neighbours that share an edge', square(0, 0, 9), square(9, 0, 9)],
    ['neighbours that share part of an edge', square(0, 0, 9), square(9, 4, 9)],
    ['neighbours that share a corner', square(0, 0, 9), square(9, 9, 9)],
    [
      'one in the hole of the other',
      { exterior: square(0, 0, 20).exterior, holes: [square(5, 5, 9).exterior] },
      square(6, 6, 3),
    ],
  ])('takes %s', (_name, a, b) => {
    refuse(a, b).not.toThrow();
    refuse(b, a).not.toThrow();
  });

  it('same labels may overlap', () => {
    const annotated = set(layer('a', region(square(0, 0, 9)), region(square(1, 1, 9))));
    expect(() => createMaskShapes(annotated, { conflict: 'error' })).not.toThrow();
  });
});
