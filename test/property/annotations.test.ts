import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { computeRingArea } from '../../src/geometry/kernels/ring-area.ts';
import type { Polygon, Ring } from '../../src/geometry/polygon.ts';
import type {
  AnnotationLayer,
  AnnotationRegion,
  AnnotationSet,
} from '../../src/preprocessing/xml-to-mask/annotation.ts';
import { readAnnotations } from '../../src/preprocessing/xml-to-mask/read-annotations.ts';
import { createEllipse, createRectangle, isRectangle } from '../../src/preprocessing/xml-to-mask/readers/shapes.ts';
import { writeAnnotations } from '../../src/preprocessing/xml-to-mask/write-annotations.ts';
import type { WritableFormat } from '../../src/preprocessing/xml-to-mask/writers/writer.ts';

// What is written is read again: geometry to the last bit, class, colour and name; holes as each format has them.
const folder = mkdtempSync(join(tmpdir(), 'slideloom-round-trip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Level-0 coordinates as programs write them, and some that are awkward. */
const coordinate = fc.oneof(
  fc.integer({ min: -1000, max: 200_000 }),
  // 0 and -0 are one number to all programs.
  fc.double({ min: -1e3, max: 2e5, noNaN: true }).map((value) => value + 0),
);
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .map((value) => `n${value.replace(/[\p{C}\s]/gu, '_')}n`);
const color = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255));
/** Three or more vertices of which the last is not the first. */
const ring: fc.Arbitrary<Ring> = fc
  .array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 9 })
  .map((points) => Float64Array.from(points.flat()))
  .filter((values) => values[0] !== values.at(-2) || values[1] !== values.at(-1));
/** A star around a point with a star inside: the hole lies where it should. */
const holed: fc.Arbitrary<Polygon> = fc
  .tuple(
    fc.integer({ min: 0, max: 90_000 }),
    fc.integer({ min: 0, max: 90_000 }),
    fc.integer({ min: 3, max: 9 }),
    fc.integer({ min: 40, max: 400 }),
  )
  .map(([x, y, corners, radius]) => {
    const star = (r: number) =>
      Float64Array.from({ length: corners * 2 }, (_, k) => {
        const angle = (Math.floor(k / 2) * 2 * Math.PI) / corners;
        return k % 2 === 0 ? x + r * Math.cos(angle) : y + r * Math.sin(angle);
      });
    return { exterior: star(radius), holes: [star(radius / 3)] };
  });
const box = fc
  .tuple(fc.nat(90_000), fc.nat(90_000), fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2000 }))
  .map(([left, top, width, height]) => ({ left, top, right: left + width, bottom: top + height }));

const shape: fc.Arbitrary<Pick<AnnotationRegion, 'kind' | 'polygons' | 'points'>> = fc.oneof(
  ring.map((exterior) => ({
    kind: isRectangle(exterior) ? ('rectangle' as const) : ('polygon' as const),
    polygons: [{ exterior, holes: [] }],
  })),
  holed.map((polygon) => ({ kind: 'polygon' as const, polygons: [polygon] })),
  box.map((each) => ({ kind: 'rectangle' as const, polygons: [createRectangle(each)] })),
  box.map((each) => ({ kind: 'ellipse' as const, polygons: [createEllipse(each)] })),
  fc
    .tuple(coordinate, coordinate)
    .map((point) => ({ kind: 'point' as const, polygons: [], points: Float64Array.from(point) })),
);
const region: fc.Arbitrary<AnnotationRegion> = fc
  .record({ shape, name: fc.option(text, { nil: undefined }), attributes: fc.dictionary(text, text, { maxKeys: 2 }) })
  .map(({ shape: drawn, name, attributes }) => ({
    ...drawn,
    name,
    negative: false,
    attributes: new Map(Object.entries(attributes)),
  }));
const layer = fc.record({ name: text, color, regions: fc.array(region, { minLength: 1, maxLength: 5 }) });
const set: fc.Arbitrary<AnnotationSet> = fc
  .uniqueArray(layer, { minLength: 1, maxLength: 3, selector: ({ name }) => name })
  .map((layers) => ({
    format: 'test',
    source: 'test',
    notices: [],
    layers: layers.map(({ name, color: rgb, regions }): AnnotationLayer => {
      const named = regions.map((each) => ({ ...each, className: name, color: rgb }));
      return { name, color: rgb, attributes: new Map(), regions: named };
    }),
  }));

async function roundTrip(given: AnnotationSet, annotationFormat: WritableFormat): Promise<AnnotationSet> {
  const path = join(folder, annotationFormat === 'geojson' ? 'a.geojson' : 'a.xml');
  await writeAnnotations(path, given, { annotationFormat });
  return readAnnotations(path);
}

interface Flat {
  readonly ring: readonly number[];
  readonly hole: boolean;
  readonly className: string | undefined;
  readonly color: readonly number[] | undefined;
  readonly name: string | undefined;
}

/** Every outline with what is said of it; a ring in the way of its file, but turned as GeoJSON turns it. */
function flatten({ layers }: AnnotationSet, { turn }: { turn: boolean }): Flat[] {
  return layers.flatMap(({ regions, color: ofLayer }) =>
    regions.flatMap(({ polygons, points, negative, className, name, color: own }) => {
      const facts = { className, color: own ?? ofLayer, name };
      const rings = polygons.flatMap(({ exterior, holes }) => [
        { ring: exterior, hole: negative },
        ...holes.map((hole) => ({ ring: hole, hole: true })),
      ]);
      const all = points ? [...rings, { ring: points, hole: false }] : rings;
      return all.map((each) => ({ ...facts, hole: each.hole, ring: [...(turn ? turnRing(each) : each.ring)] }));
    }),
  );
}

function turnRing({ ring: values, hole }: { ring: Ring; hole: boolean }): Ring {
  if (computeRingArea(values) * (hole ? -1 : 1) >= 0) return values;
  const points = Array.from({ length: values.length / 2 }, (_, k) => [values[k * 2]!, values[k * 2 + 1]!]);
  return Float64Array.from([points[0]!, ...points.slice(1).reverse()].flat());
}

describe('annotations that are written and read again', () => {
  it('GeoJSON: all of it', async () => {
    await fc.assert(
      fc.asyncProperty(set, async (given) => {
        const back = await roundTrip(given, 'geojson');
        expect(flatten(back, { turn: false })).toEqual(flatten(given, { turn: true }));
        const kinds = ({ layers }: AnnotationSet) => layers.flatMap(({ regions }) => regions.map(({ kind }) => kind));
        expect(kinds(back)).toEqual(kinds(given));
        const attributes = ({ layers }: AnnotationSet) =>
          layers.flatMap(({ regions }) =>
            regions.map((each) => new Map([['objectType', 'annotation'], ...each.attributes])),
          );
        expect(attributes(back)).toEqual(attributes(given));
        expect(back.notices).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('Aperio XML: holes become negative regions, ellipses their boxes', async () => {
    await fc.assert(
      fc.asyncProperty(set, async (given) => {
        const back = flatten(await roundTrip(given, 'aperio'), { turn: false });
        const expected = flatten(given, { turn: false });
        expect(back).toHaveLength(expected.length);
        for (const [k, { ring: values, ...facts }] of expected.entries()) {
          const { ring: theirs, ...found } = back[k]!;
          expect(found).toEqual(facts);
          // The corners of an ellipse's box are exact, its centre is to the last bits.
          const close = values.length >= 32 ? values.map((value) => expect.closeTo(value, 6)) : values;
          expect(theirs).toEqual(close);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('ASAP XML: holes are annotations of the group exclusion', async () => {
    await fc.assert(
      fc.asyncProperty(set, async (given) => {
        const found = flatten(await roundTrip(given, 'asap'), { turn: false });
        const expected = flatten(given, { turn: false });
        const own = (flat: Flat[], name: string) =>
          flat.filter(({ className }) => className === name).map((each) => each.ring);
        for (const { name, color: rgb } of given.layers) {
          expect(own(found, name)).toEqual(
            own(
              expected.filter(({ hole }) => !hole),
              name,
            ),
          );
          for (const each of found.filter(({ className }) => className === name)) expect(each.color).toEqual(rgb);
        }
        const holes = expected.filter(({ hole }) => hole).map((each) => each.ring);
        expect(own(found, 'exclusion')).toEqual(holes);
      }),
      { numRuns: 150 },
    );
  });

  it('GeoJSON takes negative regions as holes where they lie in one region, and as negative elsewhere', async () => {
    const rect = (left: number, top: number, side: number, negative: boolean, id: string): AnnotationRegion => ({
      ...{ id, kind: 'polygon', negative, attributes: new Map(), className: 'a' },
      polygons: [createRectangle({ left, top, right: left + side, bottom: top + side })],
    });
    const regions = [
      rect(0, 0, 100, false, 'outer'),
      rect(10, 10, 20, true, 'hole'),
      rect(50, 50, 20, true, 'other hole'),
      rect(60, 60, 20, true, 'over the other hole'),
      rect(90, 90, 20, true, 'over the edge'),
      rect(300, 0, 9, true, 'alone'),
    ];
    const given = {
      format: 'test',
      source: 'test',
      notices: [],
      layers: [{ name: 'a', attributes: new Map(), regions }],
    };
    const back = await roundTrip(given, 'geojson');
    const [only] = back.layers;
    expect(only!.regions.map(({ id, negative, polygons }) => [id, negative, polygons[0]!.holes.length])).toEqual([
      ['outer', false, 2],
      ['over the other hole', true, 0],
      ['over the edge', true, 0],
      ['alone', true, 0],
    ]);
  });

  it('the same annotations give the same bytes, and an error leaves no file', async () => {
    const [given] = fc.sample(set, { numRuns: 1, seed: 3 });
    const [a, b] = [join(folder, 'one.geojson'), join(folder, 'two.geojson')];
    const { bytes } = await writeAnnotations(a, given!);
    await writeAnnotations(b, given!);
    expect(readFileSync(a)).toEqual(readFileSync(b));
    expect(readFileSync(a)).toHaveLength(bytes);
    await expect(writeAnnotations(join(folder, 'x.xml'), given!)).rejects.toMatchObject({ tag: 'option' });
    await expect(writeAnnotations(join(folder, 'x.json'), given!, { coordsFrame: 'bounds' })).rejects.toMatchObject({
      tag: 'annotation',
    });
  });
});
