/**
 * Hamamatsu NDP.view: `annotations/ndpviewstate/annotation`. Coordinates are nanometres from the centre of the glass slide,
 * so the slide says where its picture lies: x = (nanometres - XOffsetFromSlideCentre) / nanometres per pixel + width / 2.
 */
import { findChild, findChildren, type XmlNode } from '../../../io/xml/xml-node.ts';
import { AnnotationError } from '../../../utils/errors.ts';
import type { AnnotationRegion } from '../annotation.ts';
import { readXmlRecords, type XmlRecord } from '../xml/read-records.ts';
import { parseHexColor } from './colors.ts';
import { hasNumbers } from './layered-xml.ts';
import { type AnnotationReader, type PlacedRegion, type ReadContext, refuseRegion } from './reader.ts';
import { createEllipse, createRectangle, getCornerBox, isRectangle, toPolygon } from './shapes.ts';

const LAYER = 'NDP.view';

export const readNdpa: AnnotationReader = async function* (context) {
  const frame = findFrame(context);
  const records = readXmlRecords(context.source, { record: 'ndpviewstate', vertex: 'point', nested: true }, context);
  let count = 0;
  for (;;) {
    const step = await records.next();
    if (step.done) break;
    const batch: PlacedRegion[] = [];
    for (const record of step.value) {
      count++;
      const region = createNdpaRegion(record, { number: count, frame, context });
      if (region) batch.push({ key: LAYER, layer: LAYER, region });
    }
    if (batch.length > 0) yield batch;
  }
  return count > 0 ? [{ key: LAYER, name: LAYER, color: undefined, attributes: new Map() }] : [];
};

/** How nanometres become pixels: per axis, pixel = nanometres * scale + shift. */
interface Frame {
  readonly scale: { readonly x: number; readonly y: number };
  readonly shift: { readonly x: number; readonly y: number };
}

/** @throws AnnotationError that names what the slide does not say */
function findFrame({ source, slide }: ReadContext): Frame {
  const missing: string[] = [];
  if (!slide) missing.push('the slide');
  else if (!slide.mpp) missing.push('its microns per pixel');
  const offset = (axis: string) => {
    const text = slide?.properties.get(`hamamatsu.${axis}OffsetFromSlideCentre`);
    if (slide && (text === undefined || text.trim() === '' || !Number.isFinite(Number(text))))
      missing.push(`its property hamamatsu.${axis}OffsetFromSlideCentre`);
    return Number(text);
  };
  const [x, y] = [offset('X'), offset('Y')];
  if (!slide?.mpp || missing.length > 0)
    throw new AnnotationError(
      source.name,
      `NDPA coordinates are nanometres from the centre of the glass, and ${missing.join(', ')} is missing`,
      { hint: 'give the .ndpi file that was drawn on: --slide SLIDE (library: slide)' },
    );
  const { mpp, width, height } = slide;
  const scale = { x: 1 / (1000 * mpp.x), y: 1 / (1000 * mpp.y) };
  return { scale, shift: { x: width / 2 - x * scale.x, y: height / 2 - y * scale.y } };
}

function createNdpaRegion(
  record: XmlRecord,
  { number, frame, context }: { number: number; frame: Frame; context: ReadContext },
): AnnotationRegion | undefined {
  const { node } = record;
  const drawn = findChild(node, 'annotation');
  const title = findChild(node, 'title')?.text || undefined;
  const id = node.attributes.get('id');
  const called = `view state ${id ?? `number ${number}`}${title === undefined ? '' : ` (${title})`}`;
  if (!hasNumbers(context, record, called)) return undefined;
  const type = drawn?.attributes.get('type') ?? '';
  const shape = drawn && createNdpaShape({ drawn, type, vertices: record.vertices, frame });
  if (!shape) {
    context.notices.add(`left out: ${type || 'nothing'} drawn, no shape that is known here`, called);
    return undefined;
  }
  const values = [...(shape.points ?? []), ...shape.polygons.flatMap(({ exterior }) => [...exterior.subarray(0, 2)])];
  if (!values.every(Number.isFinite)) {
    refuseRegion(context, called, 'a coordinate is no finite number');
    return undefined;
  }
  const attributes = new Map([['type', type]]);
  const details = findChild(node, 'details')?.text;
  if (details) attributes.set('details', details);
  return {
    id,
    name: title,
    className: title,
    color: parseHexColor(drawn?.attributes.get('color')),
    kind: shape.kind,
    negative: false,
    polygons: shape.polygons,
    points: shape.points,
    attributes,
  };
}

type Shape = Pick<AnnotationRegion, 'kind' | 'polygons' | 'points'>;

function createNdpaShape({
  drawn,
  type,
  vertices,
  frame,
}: {
  drawn: XmlNode;
  type: string;
  vertices: Float64Array;
  frame: Frame;
}): Shape | undefined {
  const read = (name: string) => readNumber(drawn, name);
  if (type === 'pin' || type === 'pointer') {
    const [x, y] = type === 'pin' ? [read('x'), read('y')] : [read('x1') ?? read('x'), read('y1') ?? read('y')];
    return { kind: 'point', polygons: [], points: toPixels([x, y], frame) };
  }
  if (type === 'linearmeasure')
    return { kind: 'line', polygons: [], points: toPixels([read('x1'), read('y1'), read('x2'), read('y2')], frame) };
  if (type === 'circle') return { kind: 'ellipse', polygons: [createEllipse(findCircleBox(drawn, frame))] };
  const points = toPixels(vertices, frame);
  const closed = findChild(drawn, 'closed')?.text ?? '1';
  if (type === 'freehand' && closed === '0' && points.length >= 4) return { kind: 'line', polygons: [], points };
  const special = findChildren(drawn, 'specialtype').some(({ text }) => text === 'rectangle');
  if (points.length === 4 && (special || type === 'rectangle'))
    return { kind: 'rectangle', polygons: [createRectangle(getCornerBox(points))] };
  const polygon = toPolygon(points);
  if (!polygon) return undefined;
  return { kind: special && isRectangle(polygon.exterior) ? 'rectangle' : 'polygon', polygons: [polygon] };
}

function findCircleBox(drawn: XmlNode, frame: Frame) {
  const [x, y, radius] = ['x', 'y', 'radius'].map((name) => readNumber(drawn, name) ?? Number.NaN);
  const [a, b, c, d] = [x ?? 0, y ?? 0, radius ?? 0, radius ?? 0];
  const corners = toPixels([a - c, b - d, a + c, b + d], frame);
  const [left = Number.NaN, top = Number.NaN, right = Number.NaN, bottom = Number.NaN] = corners;
  return { left, top, right, bottom };
}

function readNumber(node: XmlNode, name: string): number | undefined {
  const text = findChild(node, name)?.text.replace(',', '.');
  return text === undefined || text === '' ? undefined : Number(text);
}

function toPixels(nanometres: ArrayLike<number | undefined>, { scale, shift }: Frame): Float64Array {
  return Float64Array.from(nanometres, (value = Number.NaN, k) =>
    k % 2 === 0 ? value * scale.x + shift.x : value * scale.y + shift.y,
  );
}
