/**
 * HALO: `Annotations/Annotation/Regions/Region/Vertices/V`. Types by name: Polygon, Rectangle and Ellipse (two corners),
 * Ruler, Pin. `NegativeROA="1"` is cut out of its layer.
 */
import { findChild, findChildren, type XmlNode } from '../../../io/xml/xml-node.ts';
import type { AnnotationRegion } from '../annotation.ts';
import type { XmlRecord } from '../xml/read-records.ts';
import { parseBgr } from './colors.ts';
import { describeVertices, parseNegative, readLayeredXml } from './layered-xml.ts';
import type { AnnotationReader, LayerFacts, ReadContext } from './reader.ts';
import { createEllipse, createRectangle, getCornerBox, toPolygon } from './shapes.ts';

export const readHalo: AnnotationReader = (context) =>
  readLayeredXml(context, { vertex: 'V', createLayer: createHaloLayer, createRegion: createHaloRegion });

function createHaloLayer(node: XmlNode | undefined, key: string): LayerFacts {
  const attributes = new Map(node?.attributes);
  attributes.delete('Name');
  attributes.delete('LineColor');
  return {
    key,
    name: node?.attributes.get('Name') || `Layer ${key}`,
    color: parseBgr(node?.attributes.get('LineColor')),
    attributes,
  };
}

function createHaloRegion(record: XmlRecord, id: string, context: ReadContext): AnnotationRegion | undefined {
  const { attributes } = record.node;
  const type = attributes.get('Type') ?? 'Polygon';
  const shape = createHaloShape(record.vertices, type);
  if (!shape) {
    context.notices.add(`left out: ${type} with ${describeVertices(record.vertices)} has no area`, id);
    return undefined;
  }
  const negative = parseNegative(context, id, attributes.get('NegativeROA'));
  if (negative === undefined) return undefined;
  const comments = findChildren(findChild(record.node, 'Comments'), 'Comment').map(
    (node) => node.attributes.get('Text') ?? node.text,
  );
  const kept = new Map([...attributes].filter(([name]) => name !== 'NegativeROA'));
  return {
    id: attributes.get('Id'),
    name: comments.filter((text) => text !== '').join('; ') || undefined,
    className: record.groupHead?.attributes.get('Name') || undefined,
    kind: shape.kind,
    negative,
    polygons: shape.polygons,
    points: shape.points,
    attributes: kept,
  };
}

function createHaloShape(
  vertices: Float64Array,
  type: string,
): Pick<AnnotationRegion, 'kind' | 'polygons' | 'points'> | undefined {
  if (type === 'Pin' && vertices.length > 0) return { kind: 'point', polygons: [], points: vertices };
  if (type === 'Ruler' && vertices.length > 2) return { kind: 'line', polygons: [], points: vertices };
  if (!['Polygon', 'Rectangle', 'Ellipse'].includes(type)) return undefined;
  if (type !== 'Polygon' && vertices.length === 4) {
    const box = getCornerBox(vertices);
    return type === 'Ellipse'
      ? { kind: 'ellipse', polygons: [createEllipse(box)] }
      : { kind: 'rectangle', polygons: [createRectangle(box)] };
  }
  const polygon = toPolygon(vertices);
  return polygon && { kind: type === 'Rectangle' ? 'rectangle' : 'polygon', polygons: [polygon] };
}
