/**
 * GeoJSON that QuPath reads: a FeatureCollection with one feature a region, class and colour in `classification`. Rings are
 * closed; in these numbers outer rings run counter-clockwise and holes clockwise, as RFC 7946 asks. A negative region is a
 * hole of the region that it lies in; elsewhere it has the property `negative`, which slideloom reads.
 */
import { computeRingArea } from '../../../geometry/kernels/ring-area.ts';
import type { Polygon, Ring } from '../../../geometry/polygon.ts';
import type { AnnotationLayer, AnnotationRegion } from '../annotation.ts';
import { foldNegatives } from './fold-negatives.ts';
import type { AnnotationWriter, WriterContext } from './writer.ts';

export const writeGeoJson: AnnotationWriter = function* (set, context) {
  yield '{"type":"FeatureCollection","features":[';
  let separator = '\n';
  const several = set.layers.length > 1;
  for (const layer of set.layers.map(foldNegatives))
    for (const region of layer.regions) {
      yield separator;
      separator = ',\n';
      yield* writeFeature(region, {
        layer,
        className: region.className ?? (several ? layer.name : undefined),
        context,
      });
    }
  yield '\n]}\n';
};

function* writeFeature(
  region: AnnotationRegion,
  { layer, className, context }: { layer: AnnotationLayer; className: string | undefined; context: WriterContext },
): Generator<string, void, undefined> {
  const { id, name, negative, attributes, measurements } = region;
  const color = region.color ?? layer.color;
  const metadata = [...attributes].filter(([key]) => key !== 'objectType');
  if (negative)
    context.notices.add('written with the property negative, since it lies in no single region', id ?? name);
  const properties = {
    objectType: attributes.get('objectType') ?? 'annotation',
    ...(name !== undefined && { name }),
    ...(className === undefined
      ? color && { color }
      : { classification: { name: className, ...(color && { color }) } }),
    ...(negative && { negative }),
    ...(measurements && { measurements: Object.fromEntries([...measurements].map(toJsonNumber)) }),
    ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata) }),
  };
  yield `{"type":"Feature",${id === undefined ? '' : `"id":${JSON.stringify(id)},`}"geometry":`;
  yield* writeGeometry(region);
  yield `,"properties":${JSON.stringify(properties)}}`;
}

/** QuPath writes what is no number as a text, since JSON has no such numbers. */
function toJsonNumber([name, value]: readonly [string, number]): readonly [string, number | string] {
  return [name, Number.isFinite(value) ? value : String(value)];
}

function* writeGeometry({ kind, polygons, points }: AnnotationRegion): Generator<string, void, undefined> {
  const [first, ...others] = polygons;
  if (first) {
    const several = others.length > 0;
    yield several ? '{"type":"MultiPolygon","coordinates":[' : '{"type":"Polygon","coordinates":';
    for (const [k, polygon] of polygons.entries()) {
      if (k > 0) yield ',';
      yield* writePolygon(polygon);
    }
    yield `${several ? ']' : ''}${kind === 'ellipse' ? ',"isEllipse":true' : ''}}`;
    return;
  }
  const values = points ?? new Float64Array();
  if (kind === 'line') yield '{"type":"LineString","coordinates":[';
  else yield values.length === 2 ? '{"type":"Point","coordinates":' : '{"type":"MultiPoint","coordinates":[';
  yield* writePositions(values);
  yield kind !== 'line' && values.length === 2 ? '}' : ']}';
}

function* writePolygon({ exterior, holes }: Polygon): Generator<string, void, undefined> {
  yield '[';
  yield* writeRing(exterior, 1);
  for (const hole of holes) {
    yield ',';
    yield* writeRing(hole, -1);
  }
  yield ']';
}

/** The first vertex stays the first, whichever way round. */
function* writeRing(ring: Ring, orientation: 1 | -1): Generator<string, void, undefined> {
  yield '[';
  yield* writePositions(computeRingArea(ring) * orientation < 0 ? reverseRing(ring) : ring);
  yield `,[${ring[0]},${ring[1]}]]`;
}

function reverseRing(ring: Ring): Ring {
  const count = ring.length / 2;
  const reversed = new Float64Array(ring.length);
  for (let k = 0; k < count; k++) {
    const from = ((count - k) % count) * 2;
    reversed.set(ring.subarray(from, from + 2), k * 2);
  }
  return reversed;
}

const VERTICES_AT_ONCE = 1024;

function* writePositions(values: Float64Array): Generator<string, void, undefined> {
  for (let from = 0; from < values.length; from += VERTICES_AT_ONCE * 2) {
    const texts: string[] = [];
    for (let k = from; k < Math.min(values.length, from + VERTICES_AT_ONCE * 2); k += 2)
      texts.push(`[${values[k]},${values[k + 1]}]`);
    yield `${from > 0 ? ',' : ''}${texts.join(',')}`;
  }
}
