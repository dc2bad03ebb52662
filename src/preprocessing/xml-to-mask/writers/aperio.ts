/**
 * Aperio ImageScope XML: a layer a class, a region an outline. Holes are regions with `NegativeROA="1"`; an ellipse is the
 * two corners of its box, a rectangle its four. Lines have no type and are left out.
 */
import { computeBoundingBox } from '../../../geometry/kernels/bounding-box.ts';
import type { Ring } from '../../../geometry/polygon.ts';
import type { AnnotationRegion } from '../annotation.ts';
import { isRectangle } from '../readers/shapes.ts';
import { type ClassLayer, sortIntoClasses } from './class-layers.ts';
import type { AnnotationWriter, WriterContext } from './writer.ts';
import { escapeXml, formatXmlNumber, writeXmlAttributes } from './xml-text.ts';

/** ImageScope's own attributes of a region, which are not free texts. */
const OWN = new Set(['Id', 'Type', 'Text', 'NegativeROA', 'InputRegionId', 'Analyze', 'DisplayId']);

export const writeAperio: AnnotationWriter = function* (set, context) {
  const { mpp } = context;
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<Annotations${mpp ? ` MicronsPerPixel="${((mpp.x + mpp.y) / 2).toFixed(6)}"` : ''}>\n`;
  for (const [k, layer] of sortIntoClasses(set, context.notices).entries()) yield* writeLayer(layer, k + 1, context);
  yield '</Annotations>\n';
};

function* writeLayer(layer: ClassLayer, id: number, context: WriterContext): Generator<string, void, undefined> {
  const [red, green, blue] = layer.color ?? [0, 255, 0];
  const facts = writeXmlAttributes([
    ...([
      ['Id', id],
      ['Name', layer.name],
      ['ReadOnly', 0],
      ['NameReadOnly', 0],
      ['LineColorReadOnly', 0],
    ] as const),
    ...([
      ['Incremental', 0],
      ['Type', 4],
      ['LineColor', red + green * 256 + blue * 65536],
      ['Visible', 1],
    ] as const),
    ...([
      ['Selected', 0],
      ['MarkupImagePath', ''],
      ['MacroName', ''],
    ] as const),
  ]);
  yield `\t<Annotation${facts}>\n\t\t${writeAttributeList(layer.attributes)}\n\t\t<Regions>\n`;
  yield '\t\t\t<RegionAttributeHeaders/>\n';
  let number = 0;
  for (const region of layer.regions)
    for (const outline of listOutlines(region, context)) yield* writeRegion(region, outline, ++number);
  yield '\t\t</Regions>\n\t\t<Plots/>\n\t</Annotation>\n';
}

interface Outline {
  readonly type: 0 | 1 | 2 | 5;
  readonly vertices: Float64Array;
  readonly negative: boolean;
}

function listOutlines(region: AnnotationRegion, { notices }: WriterContext): Outline[] {
  const { kind, polygons, points, negative } = region;
  if (kind === 'line') notices.add('line left out: ImageScope has no type for it', region.id ?? region.name);
  const outlines: Outline[] = [];
  for (const { exterior, holes } of polygons) {
    outlines.push({ ...createOutline(exterior, kind), negative });
    if (negative && holes.length > 0) notices.add('hole of a negative region left out', region.id ?? region.name);
    else for (const hole of holes) outlines.push({ type: 0, vertices: hole, negative: true });
  }
  if (kind === 'point')
    for (let k = 0; k < (points?.length ?? 0); k += 2)
      outlines.push({ type: 5, vertices: (points ?? new Float64Array()).subarray(k, k + 2), negative: false });
  return outlines;
}

function createOutline(ring: Ring, kind: AnnotationRegion['kind']): Pick<Outline, 'type' | 'vertices'> {
  if (kind === 'rectangle' && isRectangle(ring)) return { type: 1, vertices: ring };
  if (kind !== 'ellipse') return { type: 0, vertices: ring };
  const { left, top, right, bottom } = computeBoundingBox(ring);
  return { type: 2, vertices: Float64Array.of(left, top, right, bottom) };
}

function* writeRegion(region: AnnotationRegion, outline: Outline, id: number): Generator<string, void, undefined> {
  const facts = writeXmlAttributes([
    ...([
      ['Id', id],
      ['Type', outline.type],
      ['Text', region.name ?? ''],
    ] as const),
    ...([
      ['NegativeROA', outline.negative ? 1 : 0],
      ['InputRegionId', 0],
      ['Analyze', 1],
      ['DisplayId', id],
    ] as const),
  ]);
  const free = new Map([...region.attributes].filter(([name]) => !OWN.has(name)));
  yield `\t\t\t<Region${facts}>\n\t\t\t\t${writeAttributeList(free)}\n\t\t\t\t<Vertices>\n`;
  const { vertices } = outline;
  for (let k = 0; k < vertices.length; k += 2) {
    const [x, y] = [vertices[k] ?? 0, vertices[k + 1] ?? 0];
    yield `\t\t\t\t\t<Vertex X="${formatXmlNumber(x)}" Y="${formatXmlNumber(y)}" Z="0"/>\n`;
  }
  yield '\t\t\t\t</Vertices>\n\t\t\t</Region>\n';
}

function writeAttributeList(attributes: ReadonlyMap<string, string>): string {
  if (attributes.size === 0) return '<Attributes/>';
  const entries = [...attributes].map(
    ([name, value], id) => `<Attribute Name="${escapeXml(name)}" Id="${id}" Value="${escapeXml(value)}"/>`,
  );
  return `<Attributes>${entries.join('')}</Attributes>`;
}
