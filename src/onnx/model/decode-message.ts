import type { MessageBase } from './messages.ts';
import { type Field, type MessageName, SCHEMA, type ScalarKind } from './schema.ts';
import { WIRE, WireFault, WireReader } from './wire-reader.ts';

/** Subgraphs within subgraphs; real models have two. */
const MAX_DEPTH = 48;
/** Messages in a file. A graph of 10,000 nodes has 100,000; each costs some hundred bytes of memory. */
const MAX_MESSAGES = 5_000_000;

/** Fields by number, for reading. */
const BY_NUMBER: ReadonlyMap<string, ReadonlyMap<number, Field>> = new Map(
  Object.entries(SCHEMA).map(([name, fields]) => [name, new Map(fields.map((field) => [field.number, field]))]),
);

type Values = Record<string, unknown> & MessageBase;

/**
 * The message `name` in `bytes`. Long byte fields are views of `bytes`, not copies.
 * @throws WireFault where the bytes are no such message
 */
export function decodeMessage<T extends MessageBase>(name: MessageName, bytes: Uint8Array): T {
  return decode(name, new WireReader(bytes), { depth: 0, budget: { left: MAX_MESSAGES } }) as T;
}

interface Limits {
  readonly depth: number;
  readonly budget: { left: number };
}

function decode(name: MessageName, reader: WireReader, limits: Limits): Values {
  if (limits.depth > MAX_DEPTH) throw new WireFault(`messages nested deeper than ${MAX_DEPTH}`);
  if (--limits.budget.left < 0) throw new WireFault(`more than ${MAX_MESSAGES} parts`);
  const values: Values = {};
  while (!reader.done) {
    const start = reader.position;
    const tag = reader.readInt();
    const field = BY_NUMBER.get(name)?.get(Math.floor(tag / 8));
    const wire = tag & 7;
    if (tag < 8 || tag >= 2 ** 32) throw new WireFault(`no field at ${start}`);
    if (!field) keepUnknown(values, reader, { start, wire });
    else if (typeof field.kind === 'object') {
      if (wire !== WIRE.length) throw new WireFault(`field ${field.name} at ${start} is no message`);
      const child = decode(field.kind.message, reader.readMessage(), { ...limits, depth: limits.depth + 1 });
      store(values, field, child);
    } else readScalar(values, reader, { field, kind: field.kind, wire });
  }
  return finish(name, values);
}

function keepUnknown(values: Values, reader: WireReader, at: { start: number; wire: number }): void {
  reader.skip(at.wire);
  values.unknown ??= [];
  values.unknown.push(reader.bytes.subarray(at.start, reader.position));
}

function store(values: Values, field: Field, value: unknown): void {
  if (!field.repeated) values[field.name] = value;
  else if (values[field.name] === undefined) values[field.name] = [value];
  else (values[field.name] as unknown[]).push(value);
}

function readScalar(
  values: Values,
  reader: WireReader,
  { field, kind, wire }: { field: Field; kind: ScalarKind; wire: number },
): void {
  if (kind === 'string' || kind === 'bytes') {
    if (wire !== WIRE.length) throw new WireFault(`field ${field.name} at ${reader.position} is no text`);
    store(values, field, kind === 'string' ? reader.readString() : reader.readBytes());
    return;
  }
  const numbers = reader.position;
  const packed = wire === WIRE.length && field.repeated;
  const own = kind === 'float' ? WIRE.fixed32 : kind === 'double' ? WIRE.fixed64 : WIRE.varint;
  if (!packed && wire !== own) throw new WireFault(`field ${field.name} at ${numbers} is no number`);
  if (!packed) {
    store(values, field, readNumber(reader, kind));
    return;
  }
  const inner = reader.readMessage();
  const list = (values[field.name] ?? []) as unknown[];
  if (list.length === 0 && (kind === 'float' || kind === 'double')) {
    // The usual case, one packed run: copied as it is.
    values[field.name] = copyFloats(inner, kind);
    return;
  }
  const all = Array.isArray(list) ? list : Array.from(list as ArrayLike<unknown>);
  while (!inner.done) all.push(readNumber(inner, kind));
  values[field.name] = all;
}

function readNumber(reader: WireReader, kind: ScalarKind): number | bigint {
  if (kind === 'float') return reader.readFloat();
  if (kind === 'double') return reader.readDouble();
  return kind === 'big' ? reader.readBig() : reader.readInt();
}

function copyFloats(reader: WireReader, kind: 'float' | 'double'): Float32Array | Float64Array {
  const width = kind === 'float' ? 4 : 8;
  if (reader.remaining % width !== 0) throw new WireFault(`half a number at the end of a list at ${reader.position}`);
  const copy = reader.bytes.slice(reader.position, reader.position + reader.remaining);
  return kind === 'float' ? new Float32Array(copy.buffer) : new Float64Array(copy.buffer);
}

/** Lists of numbers that came one by one get the type that packed ones have. */
function finish(name: MessageName, values: Values): Values {
  for (const field of SCHEMA[name]) {
    const list = values[field.name];
    if (!field.repeated || !Array.isArray(list)) continue;
    if (field.kind === 'float') values[field.name] = Float32Array.from(list as number[]);
    else if (field.kind === 'double') values[field.name] = Float64Array.from(list as number[]);
    else if (field.kind === 'big') values[field.name] = BigInt64Array.from(list as bigint[]);
  }
  return values;
}
