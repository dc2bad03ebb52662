import { findChildren, type XmlNode } from '../../../io/xml/xml-node.ts';
import type { AnnotationRegion } from '../annotation.ts';
import { readXmlRecords, type XmlRecord } from '../xml/read-records.ts';
import { type LayerFacts, type PlacedRegion, type ReadContext, refuseRegion } from './reader.ts';

/** What tells ImageScope's and HALO's files apart, which share `Annotations/Annotation/Regions/Region`. */
export interface LayeredXml {
  readonly vertex: string;
  /** Of an `Annotation`; undefined for regions outside of any. */
  createLayer(node: XmlNode | undefined, key: string): LayerFacts;
  /** Undefined where the region is left out, with a notice. */
  createRegion(record: XmlRecord, id: string, context: ReadContext): AnnotationRegion | undefined;
}

/** Reads `Annotations/Annotation/Regions/Region`. @throws AnnotationError, SourceError */
export async function* readLayeredXml(
  context: ReadContext,
  { vertex, createLayer, createRegion }: LayeredXml,
): AsyncGenerator<readonly PlacedRegion[], readonly LayerFacts[], undefined> {
  const names = { record: 'Region', vertex, group: 'Annotation' };
  const heads = new Map<number, LayerFacts>();
  const records = readXmlRecords(context.source, names, context);
  let count = 0;
  for (;;) {
    const step = await records.next();
    if (step.done) return listLayers(step.value, { context, heads, createLayer });
    const batch: PlacedRegion[] = [];
    for (const record of step.value) {
      count++;
      const { group, groupHead } = record;
      const layer = heads.get(group) ?? createLayer(groupHead, String(group));
      heads.set(group, layer);
      const id = `region ${record.node.attributes.get('Id') ?? `number ${count}`} of ${layer.name}`;
      if (!hasNumbers(context, record, id)) continue;
      const region = createRegion(record, id, context);
      if (region) batch.push({ key: layer.key, layer: layer.name, region });
    }
    if (batch.length > 0) yield batch;
  }
}

/**
 * What NegativeROA says: whether the region is cut out. ImageScope writes 0 and 1, other programs words.
 * @returns undefined, with a notice, for anything else @throws AnnotationError where asked
 */
export function parseNegative(context: ReadContext, id: string, text: string | undefined): boolean | undefined {
  const word = (text ?? '').trim().toLowerCase();
  if (['', '0', 'false'].includes(word)) return false;
  if (['1', 'true'].includes(word)) return true;
  refuseRegion(context, id, `NegativeROA is "${word.slice(0, 60)}", neither 0 nor 1`);
  return undefined;
}

/** "1 vertex", "4 vertices". */
export function describeVertices(vertices: Float64Array): string {
  return vertices.length === 2 ? '1 vertex' : `${vertices.length / 2} vertices`;
}

/** False, with a notice, for a region with a vertex that is no pair of numbers. @throws AnnotationError where asked */
export function hasNumbers(context: ReadContext, { firstBad }: XmlRecord, id: string): boolean {
  if (firstBad >= 0) refuseRegion(context, id, `vertex ${firstBad} (from 0) has no finite X and Y`);
  return firstBad < 0;
}

function listLayers(
  { root, strayVertices }: { root: XmlNode; strayVertices: number },
  {
    context,
    heads,
    createLayer,
  }: { context: ReadContext; heads: Map<number, LayerFacts>; createLayer: LayeredXml['createLayer'] },
): readonly LayerFacts[] {
  if (strayVertices > 0) context.notices.add(`${strayVertices} vertices outside of all regions left out`);
  const layers = findChildren(root, 'Annotation').map((node, k) => createLayer(node, String(k)));
  const outside = heads.get(-1);
  return outside ? [outside, ...layers] : layers;
}
