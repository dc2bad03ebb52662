import { parseNumber } from './parse-number.ts';
import { addVertex, type VertexList } from './vertex-list.ts';

/** What a tag scan says in place of the position behind the tag. */
export const INCOMPLETE = -1;
export const MALFORMED = -2;

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;

/** Behind the `>` of the tag whose name ends at `at`. A `>` in a value does not end it; a `<` is never allowed. */
export function findTagEnd(bytes: Uint8Array, at: number, end: number): number {
  let quote = 0;
  for (let p = at; p < end; p++) {
    const byte = bytes[p]!;
    if (byte === LESS) return MALFORMED;
    if (quote !== 0) {
      if (byte === quote) quote = 0;
    } else if (byte === QUOTE || byte === APOSTROPHE) quote = byte;
    else if (byte === GREATER) return p + 1;
  }
  return INCOMPLETE;
}

/**
 * Reads the attributes X, Y and Order (in either case) of the tag whose name ends at `at` as a vertex.
 * @returns behind the tag; the byte before it says whether the tag closes itself
 */
export function scanVertexTag(bytes: Uint8Array, from: number, end: number, list: VertexList): number {
  let x = Number.NaN;
  let y = Number.NaN;
  let order = Number.NaN;
  let p = from;
  for (;;) {
    while (p < end && bytes[p]! <= 0x20) p++;
    if (p >= end) return INCOMPLETE;
    let byte = bytes[p]!;
    if (byte === SLASH) {
      if (p + 1 >= end) return INCOMPLETE;
      if (bytes[p + 1] !== GREATER) return MALFORMED;
      p++;
      byte = GREATER;
    }
    if (byte === GREATER) {
      addVertex(list, x, y, order);
      return p + 1;
    }
    const name = p;
    while (p < end && bytes[p]! > 0x20 && bytes[p] !== EQUALS) {
      if (isOdd(bytes[p]!)) return MALFORMED;
      p++;
    }
    const nameEnd = p;
    while (p < end && bytes[p]! <= 0x20) p++;
    if (p >= end) return INCOMPLETE;
    if (bytes[p] !== EQUALS || nameEnd === name) return MALFORMED;
    p++;
    while (p < end && bytes[p]! <= 0x20) p++;
    if (p >= end) return INCOMPLETE;
    const quote = bytes[p]!;
    if (quote !== QUOTE && quote !== APOSTROPHE) return MALFORMED;
    const value = ++p;
    while (p < end && bytes[p] !== quote) {
      if (bytes[p] === LESS) return MALFORMED;
      p++;
    }
    if (p >= end) return INCOMPLETE;
    const letter = bytes[name]! | 0x20;
    if (nameEnd === name + 1) {
      if (letter === 0x78) x = parseNumber(bytes, value, p);
      else if (letter === 0x79) y = parseNumber(bytes, value, p);
    } else if (nameEnd === name + 5 && letter === 0x6f) order = parseNumber(bytes, value, p);
    p++;
  }
}

/**
 * Reads `<x>..</x>` and `<y>..</y>` between `at`, behind `<point>`, and the next `</point>` as a vertex.
 * @returns the position of `</point>`
 */
export function scanNestedVertex(bytes: Uint8Array, at: number, end: number, list: VertexList): number {
  let x = Number.NaN;
  let y = Number.NaN;
  for (let p = at; p + 1 < end; p++) {
    if (bytes[p] !== LESS) continue;
    if (bytes[p + 1] === SLASH) {
      // `</x>` and `</y>` are passed below; what else closes must be the point itself.
      addVertex(list, x, y, Number.NaN);
      return p;
    }
    const letter = bytes[p + 1]! | 0x20;
    let stop = p + 2;
    while (stop < end && bytes[stop] !== LESS) stop++;
    let closed = stop;
    while (closed < end && bytes[closed] !== GREATER) closed++;
    if (closed >= end) return INCOMPLETE;
    if (bytes[p + 2] !== GREATER || bytes[stop + 1] !== SLASH) return MALFORMED;
    if (bytes[stop + 2] !== bytes[p + 1] || closed !== stop + 3) return MALFORMED;
    if (letter === 0x78) x = parseNumber(bytes, p + 3, stop);
    else if (letter === 0x79) y = parseNumber(bytes, p + 3, stop);
    p = closed;
  }
  return INCOMPLETE;
}

/** Bytes that no name of an attribute has: " ' / < > */
function isOdd(byte: number): boolean {
  return byte === QUOTE || byte === APOSTROPHE || byte === SLASH || byte === LESS || byte === GREATER;
}
