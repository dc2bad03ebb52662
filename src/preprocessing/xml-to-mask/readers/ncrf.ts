/** NCRF's JSON: `{ "positive": [{ "name", "vertices": [[x, y], ...] }], "negative": [...] }`; negatives are cut out. */
import { AnnotationError } from '../../../utils/errors.ts';
import type { AnnotationRegion } from '../annotation.ts';
import { isRecord } from './json/json-values.ts';
import { readJsonWhole } from './json/read-json.ts';
import { type AnnotationReader, type PlacedRegion, type ReadContext, refuseRegion } from './reader.ts';
import { toPolygon } from './shapes.ts';

const LAYER = 'positive';

export const readNcrf: AnnotationReader = async function* (context) {
  const root = await readJsonWhole(context.source, context.signal);
  if (!isRecord(root)) throw new AnnotationError(context.source.name, 'its JSON is no object');
  const regions = [
    ...createRegions(root['positive'], { negative: false, context }),
    ...createRegions(root['negative'], { negative: true, context }),
  ];
  yield regions.map((region): PlacedRegion => ({ key: LAYER, layer: LAYER, region }));
  return [{ key: LAYER, name: LAYER, color: undefined, attributes: new Map() }];
};

function createRegions(
  list: unknown,
  { negative, context }: { negative: boolean; context: ReadContext },
): AnnotationRegion[] {
  const sign = negative ? 'negative' : 'positive';
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw new AnnotationError(context.source.name, `"${sign}" is no list`);
  return list.flatMap((item: unknown, k): AnnotationRegion[] => {
    const called = `${sign} ${k}`;
    const drawn = isRecord(item) ? item['vertices'] : undefined;
    const pairs = Array.isArray(drawn) && drawn.every((pair) => Array.isArray(pair) && pair.length >= 2);
    const values = pairs ? Float64Array.from(drawn.flatMap(([x, y]) => [toNumber(x), toNumber(y)])) : undefined;
    if (!values?.every(Number.isFinite)) {
      refuseRegion(context, called, 'its vertices are no list of pairs of finite numbers');
      return [];
    }
    const polygon = toPolygon(values);
    if (!polygon) {
      context.notices.add('left out: fewer than three vertices have no area', called);
      return [];
    }
    const name = isRecord(item) && typeof item['name'] === 'string' ? item['name'] : undefined;
    return [{ name, className: LAYER, kind: 'polygon', negative, polygons: [polygon], attributes: new Map() }];
  });
}

function toNumber(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}
