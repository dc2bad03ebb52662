/** Bytes of CSV to fields and numbers, without a string for each: tables have a row for each of a million patches. */

const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** Where the fields of a record begin and end, quotes left out: start0, end0, start1, end1 ... */
export interface RecordFields {
  bounds: Int32Array;
  count: number;
}

export function createRecordFields(): RecordFields {
  return { bounds: new Int32Array(64), count: 0 };
}

/**
 * The fields of the record at `at`. An empty line is a record of one empty field.
 * @param last there is nothing behind `bytes`: the record may end with them
 * @returns where the next record begins; -1 where this one is not whole yet; -2 where text follows a closing quote
 */
export function scanRecord(
  bytes: Uint8Array,
  at: number,
  { fields, last }: { fields: RecordFields; last: boolean },
): number {
  const end = bytes.length;
  fields.count = 0;
  for (let here = at; ; ) {
    let start = here;
    let stop: number;
    if (here < end && bytes[here]! === QUOTE) {
      start = here + 1;
      stop = findQuote(bytes, start);
      // A quote at the very end may be the first of two.
      if (stop < 0 || (stop + 1 === end && !last)) return -1;
      here = stop + 1;
      if (here < end && !isEnd(bytes[here]!)) return -2;
    } else {
      while (here < end && !isEnd(bytes[here]!)) here++;
      stop = here;
    }
    keepField(fields, start, stop);
    if (here >= end) return last ? end : -1;
    if (bytes[here]! === COMMA) here++;
    else return skipLineEnd(bytes, here, last);
  }
}

/** The quote that closes a field; -1 where there is none yet. */
function findQuote(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at]! !== QUOTE) continue;
    if (bytes[at + 1] !== QUOTE) return at;
    at++;
  }
  return -1;
}

function isEnd(byte: number): boolean {
  return byte === COMMA || byte === LINE_FEED || byte === RETURN;
}

/** A return at the very end may have its line feed in the next block. */
function skipLineEnd(bytes: Uint8Array, at: number, last: boolean): number {
  if (bytes[at]! === LINE_FEED) return at + 1;
  if (at + 1 === bytes.length) return last ? at + 1 : -1;
  return bytes[at + 1]! === LINE_FEED ? at + 2 : at + 1;
}

function keepField(fields: RecordFields, start: number, stop: number): void {
  const at = 2 * fields.count++;
  if (at + 2 > fields.bounds.length) {
    const larger = new Int32Array(2 * fields.bounds.length);
    larger.set(fields.bounds);
    fields.bounds = larger;
  }
  fields.bounds[at] = start;
  fields.bounds[at + 1] = stop;
}

/** Powers of ten that are exact in double precision. */
const POWERS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** The greatest mantissa to which a digit may be added and stay exact. */
const MAX_MANTISSA = (2 ** 53 - 10) / 10;

/**
 * The number between `start` and `stop`, as `Number` reads it; NaN for an empty field and for what is none.
 * A mantissa below 2^53 times or by an exact power of ten is rounded once, and so is right (Clinger, 1990); all else goes to `Number`.
 */
export function parseNumber(bytes: Uint8Array, start: number, stop: number): number {
  let at = start;
  const negative = at < stop && bytes[at]! === 0x2d;
  if (negative) at++;
  let mantissa = 0;
  let digits = 0;
  let power = 0;
  let point = false;
  for (; at < stop; at++) {
    const byte = bytes[at]!;
    if (byte === 0x2e && !point) {
      point = true;
      continue;
    }
    const digit = byte - 0x30;
    if (digit < 0 || digit > 9) break;
    if (mantissa > MAX_MANTISSA) return parseSlowly(bytes, start, stop);
    mantissa = mantissa * 10 + digit;
    digits++;
    if (point) power--;
  }
  if (at < stop) power += parseExponent(bytes, at, stop);
  // NaN is no power of ten either.
  if (digits === 0 || !(Math.abs(power) < POWERS.length)) return parseSlowly(bytes, start, stop);
  const value = power < 0 ? mantissa / POWERS[-power]! : mantissa * POWERS[power]!;
  return negative ? -value : value;
}

/** Of `e-7`, two digits at most; NaN for all else. */
function parseExponent(bytes: Uint8Array, start: number, stop: number): number {
  if ((bytes[start]! | 0x20) !== 0x65) return Number.NaN;
  let at = start + 1;
  const sign = at < stop && bytes[at]! === 0x2d ? -1 : 1;
  if (at < stop && (bytes[at]! === 0x2d || bytes[at]! === 0x2b)) at++;
  if (at === stop || stop - at > 2) return Number.NaN;
  let value = 0;
  for (; at < stop; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return sign * value;
}

/** Numbers that are longer are none. */
const MAX_TEXT = 64;

function parseSlowly(bytes: Uint8Array, start: number, stop: number): number {
  if (stop - start > MAX_TEXT) return Number.NaN;
  const text = String.fromCharCode(...bytes.subarray(start, stop)).trim();
  return text === '' ? Number.NaN : Number(text);
}

const NO_NUMBERS: ReadonlySet<string> = new Set(['nan', '-nan', 'null', 'na', 'n/a', 'none', 'inf', '+inf', '-inf']);

/** Whether a field says that there is no number: empty, blanks, `nan`, `inf`. */
export function isBlank(bytes: Uint8Array, start: number, stop: number): boolean {
  if (stop === start) return true;
  if (stop - start > MAX_TEXT) return false;
  const text = String.fromCharCode(...bytes.subarray(start, stop))
    .trim()
    .toLowerCase();
  return text === '' || NO_NUMBERS.has(text);
}
