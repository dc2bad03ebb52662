import { FAULT, type Fault } from './faults.ts';
import type { JpegHeader } from './header.ts';
import { ZIGZAG } from './tables.ts';

const END_OF_IMAGE = 0xd9;

/** Entropy-coded data as the decoder walks them. Mirrors assembly/jpeg-decode-entropy.ts, without its short cuts. */
export interface EntropyReader {
  readonly bytes: Uint8Array;
  /** Where the next marker is looked for. */
  at: number;
  /** The current restart interval, unstuffed; `interval.length` bytes are valid up to `length`. */
  readonly interval: Uint8Array;
  length: number;
  /** Bits of the interval that were read. */
  bit: number;
  readonly predicted: Int32Array;
  untilRestart: number;
  restartNumber: number;
}

export function createEntropyReader(jpeg: Uint8Array, header: JpegHeader): EntropyReader {
  const bytes = jpeg.subarray(header.scan);
  const reader: EntropyReader = {
    ...{ bytes, at: 0, interval: new Uint8Array(bytes.length), length: 0, bit: 0, predicted: new Int32Array(3) },
    ...{ untilRestart: 0, restartNumber: 0 },
  };
  startInterval(reader, header.restartInterval);
  return reader;
}

/** Unstuffs up to the next marker. FF FF 00 is one byte of data, as libjpeg reads it. */
function startInterval(reader: EntropyReader, restartInterval: number): void {
  const { bytes, interval } = reader;
  let at = reader.at;
  let length = 0;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === 0xff) {
      let next = at + 1;
      while (bytes[next] === 0xff) next++;
      if (bytes[next] !== 0) break;
      at = next;
    }
    interval[length++] = byte;
    at++;
  }
  Object.assign(reader, { at, length, bit: 0, untilRestart: restartInterval });
  reader.predicted.fill(0);
}

/** The marker at `at`, fill bytes skipped: its code and where it ends; undefined where the stream ends. */
function readMarker({ bytes, at }: EntropyReader): { code: number; end: number } | undefined {
  let from = at;
  while (bytes[from + 1] === 0xff) from++;
  const code = bytes[from + 1];
  return code === undefined ? undefined : { code, end: from + 2 };
}

function restart(reader: EntropyReader, restartInterval: number): Fault {
  if (8 * reader.length - reader.bit >= 8) return FAULT.ExtraneousData;
  const marker = readMarker(reader);
  if (!marker) return FAULT.PrematureEnd;
  if (marker.code !== 0xd0 + reader.restartNumber) {
    return marker.code === END_OF_IMAGE ? FAULT.PrematureEnd : FAULT.BadRestart;
  }
  reader.restartNumber = (reader.restartNumber + 1) & 7;
  reader.at = marker.end;
  startInterval(reader, restartInterval);
  return FAULT.None;
}

/** After the last unit: padding of 0 or 1 bits, and the end marker or the end of the bytes. */
export function checkEnd(reader: EntropyReader): Fault {
  const bytes = (8 * reader.length - reader.bit) >> 3;
  for (let i = reader.length - bytes; i < reader.length; i++) {
    const byte = reader.interval[i]!;
    if (byte !== 0 && byte !== 0xff) return FAULT.ExtraneousData;
  }
  const marker = readMarker(reader);
  return marker === undefined || marker.code === END_OF_IMAGE ? FAULT.None : FAULT.ExtraneousData;
}

/** Decodes one unit into `blocks`: 64 coefficients each, in natural order. */
export function decodeUnit(reader: EntropyReader, header: JpegHeader, blocks: Int16Array): Fault {
  if (header.restartInterval > 0) {
    if (reader.untilRestart === 0) {
      const fault = restart(reader, header.restartInterval);
      if (fault !== FAULT.None) return fault;
    }
    reader.untilRestart--;
  }
  blocks.fill(0);
  const lumaBlocks = header.across * header.down;
  let fault: Fault = FAULT.None;
  for (let b = 0; 64 * b < blocks.length && fault === FAULT.None; b++) {
    const component = b < lumaBlocks ? 0 : b - lumaBlocks + 1;
    fault = decodeBlock(reader, component, { header, block: blocks.subarray(64 * b, 64 * b + 64) });
  }
  // Zeros were read behind the end: whatever came of them, the data ended too early.
  return reader.bit > 8 * reader.length ? FAULT.PrematureEnd : fault;
}

function decodeBlock(
  reader: EntropyReader,
  component: number,
  { header, block }: { header: JpegHeader; block: Int16Array },
): Fault {
  const tables = header.tables[component]!;
  const size = readSymbol(reader, getLookup(tables.dc, isDcSymbol));
  if (size < 0) return FAULT.InvalidCode;
  reader.predicted[component]! += readValue(reader, size);
  block[0] = reader.predicted[component]!;
  const ac = getLookup(tables.ac, isAcSymbol);
  for (let k = 0; k < 63; ) {
    const symbol = readSymbol(reader, ac);
    if (symbol === 0) break;
    if (symbol < 0) return FAULT.InvalidCode;
    const value = readValue(reader, symbol & 15);
    k += (symbol >> 4) + 1;
    if (k > 63) return FAULT.IndexOverflow;
    block[ZIGZAG[k]!] = value;
  }
  return FAULT.None;
}

/** The next 16 bits; zeros behind the end. */
function peek({ interval, length, bit }: EntropyReader): number {
  const at = bit >> 3;
  let bits = 0;
  for (let i = 0; i < 3; i++) bits = (bits << 8) | (at + i < length ? interval[at + i]! : 0);
  return (bits >> (8 - (bit & 7))) & 0xffff;
}

/** The number that `size` bits stand for (T.81 F.12): a leading 0 means negative. */
function readValue(reader: EntropyReader, size: number): number {
  if (size === 0) return 0;
  const bits = peek(reader) >> (16 - size);
  reader.bit += size;
  return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
}

/** The next symbol; -1 where the bits begin no code. */
function readSymbol(reader: EntropyReader, lookup: Uint16Array): number {
  const found = lookup[peek(reader)]!;
  reader.bit += found & 31;
  return found === 0 ? -1 : found >> 5;
}

/** Lookups by table, for as long as the table lives: that of JPEGTables serves all tiles of a level. */
const lookups = new WeakMap<Uint8Array, Uint16Array>();

/** Differences of 8-bit images take 11 bits at most. */
function isDcSymbol(symbol: number): boolean {
  return symbol <= 11;
}

/** End of block, 16 zeros, or a run of zeros and a value of 1 to 10 bits. */
function isAcSymbol(symbol: number): boolean {
  const size = symbol & 15;
  return size === 0 ? symbol === 0 || symbol === 0xf0 : size <= 10;
}

/** Length and symbol (above 5 bits) of the code that each 16-bit number begins with; 0 where there is none that is known. */
function getLookup(spec: Uint8Array, isKnown: (symbol: number) => boolean): Uint16Array {
  let lookup = lookups.get(spec);
  if (lookup) return lookup;
  lookup = new Uint16Array(65_536);
  let from = 0;
  let symbol = 16;
  for (let length = 1; length <= 16; length++) {
    for (let i = 0; i < spec[length - 1]!; i++) {
      const end = from + (1 << (16 - length));
      const value = spec[symbol++]!;
      if (isKnown(value)) lookup.fill((value << 5) | length, from, end);
      from = end;
    }
  }
  lookups.set(spec, lookup);
  return lookup;
}
