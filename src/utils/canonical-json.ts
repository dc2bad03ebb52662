/**
 * JSON with one spelling for each value: keys sorted by code unit, no spaces, members that are `undefined` left out. What
 * JSON would change in silence (NaN, infinities, functions, Maps, typed arrays, class instances) is a TypeError, because
 * two different options must never share a hash.
 */
export function canonicalJson(value: unknown): string {
  return encode(value, '$');
}

function encode(value: unknown, path: string): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item, i) => encode(item, `${path}[${i}]`)).join(',')}]`;
  if (isPlainObject(value)) return encodeObject(value, path);
  throw new TypeError(`expected a JSON value at ${path} but received ${describe(value)}`);
}

function encodeObject(value: Record<string, unknown>, path: string): string {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  const members = keys.sort().map((key) => `${JSON.stringify(key)}:${encode(value[key], `${path}.${key}`)}`);
  return `{${members.join(',')}}`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return value.constructor.name;
  return typeof value === 'function' ? 'a function' : String(value);
}
