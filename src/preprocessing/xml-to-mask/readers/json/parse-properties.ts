import { parseJsonColor, type Rgb } from '../colors.ts';
import { asText, isRecord, type JsonRecord } from './json-values.ts';

/** What a feature says beside its geometry. */
export interface FeatureFacts {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly className: string | undefined;
  readonly color: Rgb | undefined;
  readonly isEllipse: boolean;
  /** slideloom's own, for what is cut out and lies in no single region. */
  readonly negative: boolean;
  readonly attributes: ReadonlyMap<string, string>;
  readonly measurements: ReadonlyMap<string, number> | undefined;
}

/** Properties that have a place of their own. */
const READ = new Set([
  'name',
  'classification',
  'color',
  'colorRGB',
  'measurements',
  'metadata',
  'isEllipse',
  'negative',
]);

/** Properties as QuPath writes them, in its old and new forms, and the plain ones of other programs. */
export function parseFeatureFacts(feature: JsonRecord): FeatureFacts {
  const properties = isRecord(feature['properties']) ? feature['properties'] : {};
  const geometry = isRecord(feature['geometry']) ? feature['geometry'] : {};
  const classification = properties['classification'];
  const id = feature['id'] ?? properties['id'];
  return {
    id: typeof id === 'number' ? String(id) : asText(id),
    name: asText(properties['name']),
    className: findClassName(classification),
    color: findColor(properties) ?? (isRecord(classification) ? findColor(classification) : undefined),
    isEllipse: geometry['isEllipse'] === true || properties['isEllipse'] === true,
    negative: properties['negative'] === true,
    attributes: listAttributes(properties),
    measurements: parseMeasurements(properties['measurements']),
  };
}

/** QuPath's `name` or `names`, of which it joins several with a colon; a plain text elsewhere. */
function findClassName(classification: unknown): string | undefined {
  if (typeof classification === 'string') return asText(classification);
  if (!isRecord(classification)) return undefined;
  const { name, names } = classification as { name?: unknown; names?: unknown };
  if (Array.isArray(names)) return asText(names.filter((each) => typeof each === 'string').join(': '));
  return asText(name);
}

function findColor(record: JsonRecord): Rgb | undefined {
  return parseJsonColor(record['color'] ?? record['colorRGB']);
}

function listAttributes(properties: JsonRecord): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [key, value] of Object.entries(properties)) if (!READ.has(key)) addScalar(attributes, key, value);
  const metadata = properties['metadata'];
  if (isRecord(metadata)) for (const [key, value] of Object.entries(metadata)) addScalar(attributes, key, value);
  return attributes;
}

function addScalar(attributes: Map<string, string>, key: string, value: unknown): void {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    attributes.set(key, String(value));
}

/** An object of numbers (QuPath 0.4 on), or a list of `{ name, value }` (before). */
function parseMeasurements(measurements: unknown): Map<string, number> | undefined {
  const parsed = new Map<string, number>();
  if (Array.isArray(measurements)) {
    for (const each of measurements) if (isRecord(each)) addMeasurement(parsed, each['name'], each['value']);
  } else if (isRecord(measurements))
    for (const [name, value] of Object.entries(measurements)) addMeasurement(parsed, name, value);
  return parsed.size > 0 ? parsed : undefined;
}

/** What is no finite number comes as a text: so QuPath writes it, or `quoteOddNumbers` made one of it. */
function addMeasurement(parsed: Map<string, number>, name: unknown, value: unknown): void {
  const odd = value === 'NaN' || value === 'Infinity' || value === '-Infinity';
  const number = odd ? Number(value) : value;
  if (typeof name === 'string' && typeof number === 'number') parsed.set(name, number);
}
