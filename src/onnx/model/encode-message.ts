import type { MessageBase } from './messages.ts';
import { type Field, type MessageName, SCHEMA } from './schema.ts';
import { WIRE } from './wire-reader.ts';

/** Bytes fields of this length or more become chunks of their own: nothing is copied. */
const BULK = 4096;
const FIRST_BLOCK = 1024;
const MAX_BLOCK = 1 << 20;

const utf8 = new TextEncoder();

/** The message as chunks whose concatenation is its encoding. Chunks of large byte fields are the caller's own arrays. */
export function encodeMessage(name: MessageName, message: MessageBase): Uint8Array[] {
  const sizes = new Map<object, number>();
  measure(name, message, sizes);
  const sink = new ChunkSink();
  write(name, message, { sizes, sink });
  return sink.end();
}

/** Chunks as one array, where they are small or a caller needs them so. */
export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

type List = ArrayLike<unknown> & Iterable<unknown>;

/** The values of a field: none, one, or those of its list. */
function listValues(message: MessageBase, field: Field): List {
  const value = (message as Record<string, unknown>)[field.name];
  if (value === undefined) return [];
  return field.repeated ? (value as List) : [value];
}

/** Lists of numbers are packed, as proto3 does and every reader takes. */
function isPacked(field: Field): boolean {
  return field.repeated && (field.kind === 'int' || isWide(field));
}

function isWide(field: Field): boolean {
  return field.kind === 'big' || field.kind === 'float' || field.kind === 'double';
}

/** The encoded length of a message; those of its parts are noted on the way, as each is written behind its length. */
function measure(name: MessageName, message: MessageBase, sizes: Map<object, number>): number {
  let total = 0;
  for (const field of SCHEMA[name]) {
    const values = listValues(message, field);
    if (values.length === 0) continue;
    const tag = countVarint(BigInt(field.number << 3));
    if (isPacked(field)) {
      const length = measurePacked(field, values);
      sizes.set(values, length);
      total += tag + countVarint(BigInt(length)) + length;
    } else for (const value of values) total += tag + measureValue(field, value, sizes);
  }
  for (const raw of message.unknown ?? []) total += raw.length;
  sizes.set(message, total);
  return total;
}

function measurePacked(field: Field, values: List): number {
  if (field.kind === 'float') return values.length * 4;
  if (field.kind === 'double') return values.length * 8;
  let length = 0;
  for (const value of values) length += countVarint(toBits(value as number | bigint));
  return length;
}

function measureValue(field: Field, value: unknown, sizes: Map<object, number>): number {
  if (typeof field.kind === 'object') return withLength(measure(field.kind.message, value as MessageBase, sizes));
  if (field.kind === 'string') return withLength(Buffer.byteLength(value as string));
  if (field.kind === 'bytes') return withLength((value as Uint8Array).length);
  if (field.kind === 'float') return 4;
  if (field.kind === 'double') return 8;
  return countVarint(toBits(value as number | bigint));
}

function withLength(length: number): number {
  return countVarint(BigInt(length)) + length;
}

function write(name: MessageName, message: MessageBase, to: { sizes: Map<object, number>; sink: ChunkSink }): void {
  const { sizes, sink } = to;
  for (const field of SCHEMA[name]) {
    const values = listValues(message, field);
    if (values.length === 0) continue;
    if (isPacked(field)) {
      sink.writeTag(field.number, WIRE.length);
      sink.writeVarint(BigInt(sizes.get(values) ?? 0));
      for (const value of values) writeNumber(sink, field, value as number | bigint);
    } else for (const value of values) writeValue(field, value, to);
  }
  for (const raw of message.unknown ?? []) sink.writeBytes(raw);
}

function writeValue(field: Field, value: unknown, to: { sizes: Map<object, number>; sink: ChunkSink }): void {
  const { sizes, sink } = to;
  if (typeof field.kind === 'object') {
    sink.writeTag(field.number, WIRE.length);
    sink.writeVarint(BigInt(sizes.get(value as object) ?? 0));
    write(field.kind.message, value as MessageBase, to);
  } else if (field.kind === 'string' || field.kind === 'bytes') {
    const bytes = field.kind === 'string' ? utf8.encode(value as string) : (value as Uint8Array);
    sink.writeTag(field.number, WIRE.length);
    sink.writeVarint(BigInt(bytes.length));
    sink.writeBytes(bytes);
  } else {
    const wire = field.kind === 'float' ? WIRE.fixed32 : field.kind === 'double' ? WIRE.fixed64 : WIRE.varint;
    sink.writeTag(field.number, wire);
    writeNumber(sink, field, value as number | bigint);
  }
}

function writeNumber(sink: ChunkSink, field: Field, value: number | bigint): void {
  if (field.kind === 'float') sink.writeFloat(Number(value));
  else if (field.kind === 'double') sink.writeDouble(Number(value));
  else sink.writeVarint(toBits(value));
}

/** 64 bits, two's complement. Numbers beyond the range, which rounding makes of the largest int64, become its ends. */
function toBits(value: number | bigint): bigint {
  if (typeof value === 'bigint') return BigInt.asUintN(64, value);
  if (value >= 0 && value < 2 ** 53) return BigInt(value);
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  return BigInt.asUintN(64, BigInt(Math.max(value, -(2 ** 63))));
}

function countVarint(bits: bigint): number {
  let count = 1;
  for (let rest = bits >> 7n; rest > 0n; rest >>= 7n) count++;
  return count;
}

/** Small writes gather in blocks; large byte fields go between them as they are. */
class ChunkSink {
  readonly #chunks: Uint8Array[] = [];
  #block = new Uint8Array(FIRST_BLOCK);
  #used = 0;

  writeTag(number: number, wire: number): void {
    this.writeVarint(BigInt(number * 8 + wire));
  }

  writeVarint(bits: bigint): void {
    const start = this.#reserve(10);
    let at = start;
    let low = Number(bits & 0x1fffffn);
    let rest = bits >> 21n;
    if (rest === 0n) {
      for (; low >= 0x80; low >>>= 7) this.#block[at++] = (low & 0x7f) | 0x80;
      this.#block[at++] = low;
    } else {
      for (rest = bits; rest >= 0x80n; rest >>= 7n) this.#block[at++] = Number(rest & 0x7fn) | 0x80;
      this.#block[at++] = Number(rest);
    }
    this.#used += at - start;
  }

  writeFloat(value: number): void {
    const at = this.#reserve(4);
    new DataView(this.#block.buffer, this.#block.byteOffset).setFloat32(at, value, true);
    this.#used += 4;
  }

  writeDouble(value: number): void {
    const at = this.#reserve(8);
    new DataView(this.#block.buffer, this.#block.byteOffset).setFloat64(at, value, true);
    this.#used += 8;
  }

  writeBytes(bytes: Uint8Array): void {
    if (bytes.length >= BULK) {
      this.#flush();
      this.#chunks.push(bytes);
      return;
    }
    const at = this.#reserve(bytes.length); // which may begin a new block
    this.#block.set(bytes, at);
    this.#used += bytes.length;
  }

  end(): Uint8Array[] {
    this.#flush();
    return this.#chunks;
  }

  /** Where the next `length` bytes go; there is room for them. */
  #reserve(length: number): number {
    if (this.#used + length > this.#block.length) {
      const next = Math.min(MAX_BLOCK, this.#block.length * 2);
      this.#flush();
      this.#block = new Uint8Array(Math.max(next, BULK));
    }
    return this.#used;
  }

  #flush(): void {
    if (this.#used > 0) this.#chunks.push(this.#block.subarray(0, this.#used));
    this.#block = this.#block.subarray(this.#used);
    this.#used = 0;
  }
}
