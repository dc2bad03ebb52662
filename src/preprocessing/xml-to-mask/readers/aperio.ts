/**
 * Aperio ImageScope: `Annotations/Annotation/Regions/Region/Vertices/Vertex`. An `Annotation` is a layer. Region types: 0
 * polygon, 1 rectangle, 2 ellipse (two or four vertices, the corners of its box), 3 arrow, 4 ruler. `NegativeROA="1"` is cut out.
 * Type 1 also comes with thousands of vertices (TCGA): what has more than two is the polygon of all its vertices.
 */
import { findChild, findChildren, type XmlNode } from '../../../io/xml/xml-node.ts';
import type { AnnotationRegion } from '../annotation.ts';
import type { XmlRecord } from '../xml/read-records.ts';
import { parseBgr } from './colors.ts';
import { describeVertices, parseNegative, readLayeredXml } from './layered-xml.ts';
import type { AnnotationReader, LayerFacts, ReadContext } from './reader.ts';
import { createEllipse, createRectangle, getCornerBox, isRectangle, toPolygon, toRing } from './shapes.ts';

export const readAperio: AnnotationReader = (context) =>
  readLayeredXml(context, { vertex: 'Vertex', createLayer: createAperioLayer, createRegion: createAperioRegion });

/** Attributes that say how a region was looked at, or that follow from its vertices. */
const DERIVED = new Set([
  ...['Id', 'Text', 'NegativeROA', 'Zoom', 'Selected', 'ImageLocation', 'ImageFocus'],
  ...['Length', 'Area', 'LengthMicrons', 'AreaMicrons'],
]);
const SKIPPED: Readonly<Record<string, string>> = { 3: 'arrow', 4: 'ruler' };

function createAperioLayer(node: XmlNode | undefined, key: string): LayerFacts {
  const attributes = readAttributes(node);
  const name = node?.attributes.get('Name') || '';
  return {
    key,
    name: name || `Layer ${node?.attributes.get('Id') ?? key}`,
    color: parseBgr(node?.attributes.get('LineColor')),
    attributes,
  };
}

/** The layer's name, else what its first attribute says: ImageScope shows both as the name of the layer. */
function findClassName(layer: XmlNode | undefined): string | undefined {
  const name = layer?.attributes.get('Name');
  if (name) return name;
  const [attribute] = readAttributes(layer);
  if (!attribute) return undefined;
  const [key, value] = attribute;
  return value || (key === 'Description' ? undefined : key) || undefined;
}

/** `Attributes/Attribute` with Name and Value. */
function readAttributes(node: XmlNode | undefined): Map<string, string> {
  const entries = findChildren(findChild(node, 'Attributes'), 'Attribute').map(
    ({ attributes }) => [attributes.get('Name') ?? '', attributes.get('Value') ?? ''] as const,
  );
  return new Map(entries.filter(([name]) => name !== ''));
}

function createAperioRegion(record: XmlRecord, id: string, context: ReadContext): AnnotationRegion | undefined {
  const { attributes } = record.node;
  const type = attributes.get('Type') ?? '0';
  const shape = createAperioShape(record.vertices, type);
  if (!shape) {
    const what = SKIPPED[type] ?? `Type ${type} with ${describeVertices(record.vertices)}`;
    context.notices.add(`left out: ${what} has no area`, id);
    return undefined;
  }
  const negative = parseNegative(context, id, attributes.get('NegativeROA'));
  if (negative === undefined) return undefined;
  const kept = new Map([...attributes].filter(([name, value]) => value !== '' && !DERIVED.has(name)));
  for (const [name, value] of readAttributes(record.node)) kept.set(name, value);
  return {
    id: attributes.get('Id'),
    name: attributes.get('Text') || undefined,
    className: findClassName(record.groupHead),
    kind: shape.kind,
    negative,
    polygons: shape.polygons,
    points: shape.points,
    attributes: kept,
  };
}

type Shape = Pick<AnnotationRegion, 'kind' | 'polygons' | 'points'>;

function createAperioShape(vertices: Float64Array, type: string): Shape | undefined {
  const corners = vertices.length === 4;
  const ring = type === '2' ? toRing(vertices) : undefined;
  if (type === '2' && corners) return { kind: 'ellipse', polygons: [createEllipse(getCornerBox(vertices))] };
  // Programs other than ImageScope give an ellipse all four corners of its box: nobody draws one of four vertices.
  if (ring && isRectangle(ring)) return { kind: 'ellipse', polygons: [createEllipse(getCornerBox(ring))] };
  if (type === '1' && corners) return { kind: 'rectangle', polygons: [createRectangle(getCornerBox(vertices))] };
  if (type === '5' && vertices.length === 2) return { kind: 'point', polygons: [], points: vertices };
  if (!['0', '1', '2'].includes(type)) return undefined;
  const polygon = toPolygon(vertices);
  if (!polygon) return undefined;
  return { kind: type === '1' && isRectangle(polygon.exterior) ? 'rectangle' : 'polygon', polygons: [polygon] };
}
