/**
 * ASAP XML: a group a class, an annotation an outline. ASAP has no holes and no cutting out: holes and negative regions are
 * annotations of the group `exclusion`, which masks give the label 0 and paint last.
 */
import type { AnnotationRegion } from '../annotation.ts';
import { isRectangle } from '../readers/shapes.ts';
import { type ClassLayer, sortIntoClasses } from './class-layers.ts';
import type { AnnotationWriter, WriterContext } from './writer.ts';
import { formatXmlNumber, writeXmlAttributes } from './xml-text.ts';

export const ASAP_HOLES = 'exclusion';
const DEFAULT_COLOR = '#64FE2E';

export const writeAsap: AnnotationWriter = function* (set, context) {
  const layers = sortIntoClasses(set, context.notices);
  yield '<?xml version="1.0"?>\n<ASAP_Annotations>\n\t<Annotations>\n';
  let holes = 0;
  for (const layer of layers)
    for (const region of layer.regions)
      for (const outline of listOutlines(region)) {
        const group = outline.hole ? ASAP_HOLES : layer.name;
        if (outline.hole) holes++;
        yield* writeAnnotation(outline, { region, group, color: toHex(region.color ?? layer.color) });
      }
  if (holes > 0) noteHoles(holes, context);
  yield '\t</Annotations>\n\t<AnnotationGroups>\n';
  for (const layer of layers) yield writeGroup(layer);
  if (holes > 0 && !layers.some(({ name }) => name === ASAP_HOLES))
    yield writeGroup({ name: ASAP_HOLES, color: undefined, attributes: new Map() });
  yield '\t</AnnotationGroups>\n</ASAP_Annotations>\n';
};

function noteHoles(count: number, { notices }: WriterContext): void {
  const what = count === 1 ? '1 hole is an annotation' : `${count} holes are annotations`;
  notices.add(`${what} of the group "${ASAP_HOLES}": ASAP has none. Paint it last and with the label 0`);
}

interface Outline {
  readonly type: string;
  readonly vertices: Float64Array;
  readonly hole: boolean;
}

function listOutlines({ kind, polygons, points, negative }: AnnotationRegion): Outline[] {
  const outlines = polygons.flatMap(({ exterior, holes }): Outline[] => [
    { type: nameType(kind, exterior), vertices: exterior, hole: negative },
    // A hole of what is cut out is not cut out, which is nothing to say here.
    ...(negative ? [] : holes.map((hole) => ({ type: 'Polygon', vertices: hole, hole: true }))),
  ]);
  if (points && kind === 'line') outlines.push({ type: 'Measurement', vertices: points, hole: false });
  else if (points) outlines.push({ type: points.length === 2 ? 'Dot' : 'PointSet', vertices: points, hole: false });
  return outlines;
}

function nameType(kind: AnnotationRegion['kind'], exterior: Float64Array): string {
  if (kind === 'spline') return 'Spline';
  return kind === 'rectangle' && isRectangle(exterior) ? 'Rectangle' : 'Polygon';
}

function* writeAnnotation(
  { type, vertices }: Outline,
  { region, group, color }: { region: AnnotationRegion; group: string; color: string },
): Generator<string, void, undefined> {
  const name = region.name ?? region.id ?? '';
  const facts = writeXmlAttributes([
    ['Name', name],
    ['Type', type],
    ['PartOfGroup', group],
    ['Color', color],
  ]);
  yield `\t\t<Annotation${facts}>\n\t\t\t<Coordinates>\n`;
  for (let k = 0; k < vertices.length; k += 2) {
    const [x, y] = [vertices[k] ?? 0, vertices[k + 1] ?? 0];
    yield `\t\t\t\t<Coordinate Order="${k / 2}" X="${formatXmlNumber(x)}" Y="${formatXmlNumber(y)}" />\n`;
  }
  yield '\t\t\t</Coordinates>\n\t\t</Annotation>\n';
}

function writeGroup({ name, color }: Pick<ClassLayer, 'name' | 'color' | 'attributes'>): string {
  const facts = writeXmlAttributes([
    ['Name', name],
    ['PartOfGroup', 'None'],
    ['Color', toHex(color)],
  ]);
  return `\t\t<Group${facts}>\n\t\t\t<Attributes />\n\t\t</Group>\n`;
}

function toHex(color: ClassLayer['color']): string {
  if (!color) return DEFAULT_COLOR;
  return `#${color.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
