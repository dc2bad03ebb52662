/**
 * ASAP: `ASAP_Annotations/Annotations/Annotation/Coordinates/Coordinate`, groups behind them. A group is a class and a
 * layer. Coordinates are sorted by `Order`; a decimal comma, as ASAP writes it on some systems, is a point. A spline is the
 * polygon of its points: so ASAP itself makes masks of it.
 */
import { findChild, findChildren, type XmlNode } from '../../../io/xml/xml-node.ts';
import type { AnnotationRegion } from '../annotation.ts';
import { readXmlRecords, type XmlRecord, type XmlSkeleton } from '../xml/read-records.ts';
import { parseHexColor } from './colors.ts';
import { describeVertices, hasNumbers } from './layered-xml.ts';
import type { AnnotationReader, LayerFacts, PlacedRegion, ReadContext } from './reader.ts';
import { createRectangle, getCornerBox, toPolygon } from './shapes.ts';

/** The layer of what is in no group. */
const NO_GROUP = 'None';

export const readAsap: AnnotationReader = async function* (context) {
  const groups = new Set<string>();
  const records = readXmlRecords(context.source, { record: 'Annotation', vertex: 'Coordinate' }, context);
  let count = 0;
  for (;;) {
    const step = await records.next();
    if (step.done) return listGroups(step.value, groups, context);
    const batch: PlacedRegion[] = [];
    for (const record of step.value) {
      count++;
      const region = createAsapRegion(record, count, context);
      const group = region?.className ?? NO_GROUP;
      if (region) batch.push({ key: group, layer: group, region });
      if (region) groups.add(group);
    }
    if (batch.length > 0) yield batch;
  }
};

function createAsapRegion(record: XmlRecord, number: number, context: ReadContext): AnnotationRegion | undefined {
  const { attributes } = record.node;
  const name = attributes.get('Name') || undefined;
  const id = `annotation ${name ?? `number ${number}`}`;
  if (!hasNumbers(context, record, id)) return undefined;
  const type = attributes.get('Type') || 'Polygon';
  const shape = createAsapShape(record.vertices, type);
  if (!shape) {
    context.notices.add(`left out: ${type} with ${describeVertices(record.vertices)} has no area`, id);
    return undefined;
  }
  const group = attributes.get('PartOfGroup');
  const kept = new Map([['Type', type]]);
  for (const [key, value] of readAsapAttributes(record.node)) kept.set(key, value);
  return {
    name,
    className: group === undefined || group === '' || group === NO_GROUP ? undefined : group,
    color: parseHexColor(attributes.get('Color')),
    kind: shape.kind,
    negative: false,
    polygons: shape.polygons,
    points: shape.points,
    attributes: kept,
  };
}

function createAsapShape(
  vertices: Float64Array,
  type: string,
): Pick<AnnotationRegion, 'kind' | 'polygons' | 'points'> | undefined {
  if (vertices.length === 0) return undefined;
  if (type === 'Dot' || type === 'PointSet') return { kind: 'point', polygons: [], points: vertices };
  if (type === 'Measurement') return { kind: 'line', polygons: [], points: vertices };
  if (type === 'Rectangle' && vertices.length === 4)
    return { kind: 'rectangle', polygons: [createRectangle(getCornerBox(vertices))] };
  const polygon = toPolygon(vertices);
  const kind = type === 'Rectangle' ? 'rectangle' : type === 'Spline' ? 'spline' : 'polygon';
  return polygon && { kind, polygons: [polygon] };
}

function readAsapAttributes(node: XmlNode): Map<string, string> {
  const entries = findChildren(findChild(node, 'Attributes'), 'Attribute').map(
    ({ attributes }) => [attributes.get('Name') ?? '', attributes.get('Value') ?? ''] as const,
  );
  return new Map(entries.filter(([name]) => name !== ''));
}

/** As the file lists them, which is the order that ASAP paints in; then those that only annotations name. */
function listGroups(
  { root, strayVertices }: XmlSkeleton,
  used: ReadonlySet<string>,
  context: ReadContext,
): LayerFacts[] {
  if (strayVertices > 0) context.notices.add(`${strayVertices} coordinates outside of all annotations left out`);
  const listed = findChildren(findChild(root, 'AnnotationGroups'), 'Group').map(createGroup);
  const layers = new Map(listed.map((layer) => [layer.key, layer]));
  for (const name of used)
    if (!layers.has(name)) layers.set(name, { key: name, name, color: undefined, attributes: new Map() });
  return [...layers.values()];
}

function createGroup(node: XmlNode): LayerFacts {
  const name = node.attributes.get('Name') || NO_GROUP;
  const attributes = readAsapAttributes(node);
  const parent = node.attributes.get('PartOfGroup');
  if (parent !== undefined && parent !== '' && parent !== NO_GROUP) attributes.set('PartOfGroup', parent);
  return { key: name, name, color: parseHexColor(node.attributes.get('Color')), attributes };
}
