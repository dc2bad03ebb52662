import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { WIRE, WireFault, WireReader } from './wire-reader.ts';

/** What becomes of a message's fields by their numbers in onnx.proto: `values` are left out, messages looked into. */
interface Outline {
  readonly [field: number]: 'values' | Outline;
}

/** Of a tensor: its floats, integers, bytes, doubles and unsigned ones, as one field each. */
const TENSOR: Outline = { 4: 'values', 5: 'values', 7: 'values', 9: 'values', 10: 'values', 11: 'values' };
const GRAPH: Outline = { 5: TENSOR };
const MODEL: Outline = { 7: GRAPH };

/** Bytes: smaller values stay, as shapes and constants are. */
const SMALL = 1024;
const WINDOW = 65_536;
/** Of a field's number and kind, and of its length. */
const LONGEST_HEADER = 20;

/**
 * The bytes of an ONNX file without the values of its large tensors, which are not read: memory is that of the graph.
 * @throws WireFault where it is damaged; the system's error where it can't be read
 */
export function readFileOutline(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    return Buffer.concat(outline(new FileWindow(file, size), { from: 0, to: size }, MODEL));
  } finally {
    closeSync(file);
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function outline(file: FileWindow, { from, to }: Span, rules: Outline): Uint8Array[] {
  const kept: Uint8Array[] = [];
  for (let at = from; at < to; ) {
    const field = readField(file, at, to);
    const rule = field.length > SMALL ? rules[field.number] : undefined;
    if (rule === undefined) kept.push(file.read(at, field.end));
    else if (rule !== 'values') {
      const inner = outline(file, { from: field.end - field.length, to: field.end }, rule);
      kept.push(encodeHeader(field.number, sum(inner)), ...inner);
    }
    at = field.end;
  }
  return kept;
}

/** A field's number, the bytes of its content where it says how many they are, and where it ends. */
function readField(file: FileWindow, at: number, to: number): { number: number; length: number; end: number } {
  const reader = new WireReader(file.read(at, Math.min(to, at + LONGEST_HEADER)));
  const key = reader.readInt();
  const wire = key % 8;
  const number = Math.floor(key / 8);
  if (wire !== WIRE.length) {
    reader.skip(wire);
    return { number, length: 0, end: at + reader.position };
  }
  const length = reader.readInt();
  const end = at + reader.position + length;
  if (length < 0 || end > to) throw new WireFault(`a field of ${length} bytes at ${at}, where ${to - at} are left`);
  return { number, length, end };
}

function encodeHeader(number: number, length: number): Uint8Array {
  const bytes: number[] = [];
  for (let value of [number * 8 + WIRE.length, length]) {
    for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
    bytes.push(value);
  }
  return Uint8Array.from(bytes);
}

function sum(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((total, { length }) => total + length, 0);
}

/** Reads a file here and there, a window at a time. */
class FileWindow {
  readonly #file: number;
  readonly #size: number;
  readonly #bytes = new Uint8Array(WINDOW);
  #from = 0;
  #to = 0;

  constructor(file: number, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** A copy of these bytes. */
  read(from: number, to: number): Uint8Array {
    if (to - from > WINDOW) return this.#fill(new Uint8Array(to - from), from);
    if (from < this.#from || to > this.#to) {
      this.#to = Math.min(this.#size, from + WINDOW);
      this.#from = from;
      this.#fill(this.#bytes.subarray(0, this.#to - from), from);
    }
    return this.#bytes.slice(from - this.#from, to - this.#from);
  }

  #fill(bytes: Uint8Array, position: number): Uint8Array {
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(this.#file, bytes, at, bytes.length - at, position + at);
      if (read === 0) throw new WireFault('the file became shorter');
      at += read;
    }
    return bytes;
  }
}
