/**
 * GeoJSON as QuPath and others write it: a FeatureCollection, a bare list of features, a single feature, or geometries
 * alone. Coordinates are pixels. A file is read feature by feature, so its size does not matter; that of a feature may be
 * 128 MiB. All is one layer, as the format has none.
 */
import { AnnotationError } from '../../../utils/errors.ts';
import type { AnnotationRegion } from '../annotation.ts';
import { isRecord, type JsonRecord } from './json/json-values.ts';
import { GeometryProblem, type ParsedGeometry, parseGeometry } from './json/parse-geometry.ts';
import { type FeatureFacts, parseFeatureFacts } from './json/parse-properties.ts';
import { readJsonElements } from './json/read-json.ts';
import { type AnnotationReader, type PlacedRegion, type ReadContext, refuseRegion } from './reader.ts';
import { isRectangle } from './shapes.ts';

const LAYER = 'annotations';
/** QuPath's children of children. */
const MAX_DEPTH = 16;
const GEOMETRIES = new Set([
  ...['Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon', 'GeometryCollection'],
]);

export const readGeoJson: AnnotationReader = async function* (context) {
  const elements = readJsonElements(context.source, 'features', context.signal);
  let count = 0;
  const place = (region: AnnotationRegion): PlacedRegion => ({ key: LAYER, layer: LAYER, region });
  for (;;) {
    const step = await elements.next();
    if (step.done) {
      const last = readRoot(step.value, context);
      if (last.length > 0) yield last.map(place);
      return [{ key: LAYER, name: LAYER, color: undefined, attributes: new Map() }];
    }
    const batch: PlacedRegion[] = [];
    for (const { value, index } of step.value) {
      count = index + 1;
      for (const region of createRegions(value, { called: `feature ${count - 1}`, depth: 0, context }))
        batch.push(place(region));
    }
    if (batch.length > 0) yield batch;
  }
};

/** What is left once the elements of the big list are out: a feature or a geometry by itself, where there was no list. */
function readRoot(root: unknown, context: ReadContext): AnnotationRegion[] {
  if (Array.isArray(root)) return [];
  if (isRecord(root) && Array.isArray(root['features'])) return [];
  const type = isRecord(root) ? root['type'] : undefined;
  if (type === 'Feature' || (typeof type === 'string' && GEOMETRIES.has(type)))
    return createRegions(root, { called: 'the feature', depth: 0, context });
  throw new AnnotationError(context.source.name, `no GeoJSON: its type is ${JSON.stringify(type)?.slice(0, 60)}`, {
    hint: 'a FeatureCollection, a list of features, a Feature or a geometry is read',
  });
}

interface Place {
  /** For messages. */
  readonly called: string;
  readonly depth: number;
  readonly context: ReadContext;
}

function createRegions(value: unknown, place: Place): AnnotationRegion[] {
  const { context, depth } = place;
  if (!isRecord(value)) {
    refuseRegion(context, place.called, 'it is no object');
    return [];
  }
  const feature = GEOMETRIES.has(String(value['type'])) ? { geometry: value } : value;
  const facts = parseFeatureFacts(feature);
  const called = facts.id === undefined ? place.called : `${place.called} (id ${facts.id})`;
  if (feature['nucleusGeometry'] !== undefined && feature['nucleusGeometry'] !== null)
    context.notices.add('outline of the nucleus left out: that of the cell is read', called);
  const regions = createOwnRegions(feature, facts, { ...place, called });
  const children = feature['childObjects'];
  if (!Array.isArray(children)) return regions;
  if (depth >= MAX_DEPTH) {
    refuseRegion(context, called, `children are nested more than ${MAX_DEPTH} deep`);
    return regions;
  }
  return regions.concat(
    children.flatMap((child: unknown, k) =>
      createRegions(child, { called: `${called}, child ${k}`, depth: depth + 1, context }),
    ),
  );
}

function createOwnRegions(feature: JsonRecord, facts: FeatureFacts, { called, context }: Place): AnnotationRegion[] {
  const { geometry } = feature as { geometry?: unknown };
  if (geometry === undefined || geometry === null) {
    context.notices.add('left out: it has no geometry', called);
    return [];
  }
  try {
    const parsed = parseGeometry(geometry);
    if (parsed.empty > 0) context.notices.add('left out: rings and lines with too few vertices', called);
    return splitByKind(parsed, facts);
  } catch (error) {
    if (!(error instanceof GeometryProblem)) throw error;
    refuseRegion(context, called, error.message);
    return [];
  }
}

/** Areas are one region, points another, and each line is one. */
function splitByKind({ polygons, points, lines }: ParsedGeometry, facts: FeatureFacts): AnnotationRegion[] {
  const shared = {
    id: facts.id,
    name: facts.name,
    className: facts.className,
    color: facts.color,
    negative: facts.negative,
    attributes: facts.attributes,
    measurements: facts.measurements,
  };
  const regions: AnnotationRegion[] = [];
  if (polygons.length > 0) regions.push({ ...shared, kind: findKind(polygons, facts), polygons });
  if (points.length > 0) regions.push({ ...shared, kind: 'point', polygons: [], points: Float64Array.from(points) });
  for (const line of lines) regions.push({ ...shared, kind: 'line', polygons: [], points: line });
  return regions;
}

function findKind(polygons: ParsedGeometry['polygons'], { isEllipse }: FeatureFacts): AnnotationRegion['kind'] {
  if (isEllipse) return 'ellipse';
  const [only, ...others] = polygons;
  const plain = only !== undefined && others.length === 0 && only.holes.length === 0;
  return plain && isRectangle(only.exterior) ? 'rectangle' : 'polygon';
}
