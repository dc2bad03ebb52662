import { floorLog2, openBackwardBits, peekBits, readBits } from './bits.ts';
import { fail } from './fail.ts';
import { readFseTable, stepState } from './fse-table.ts';

/** Literals by the next `width` bits (RFC 8878, section 4.2). */
export interface HuffmanTable {
  readonly width: number;
  readonly symbols: Uint8Array;
  /** Bits that each really takes. */
  readonly bits: Uint8Array;
}

const MAX_WIDTH = 11;

/** Reads a tree's description, which takes `length` bytes. @throws CodecError */
export function readHuffmanTable(bytes: Uint8Array): { table: HuffmanTable; length: number } {
  const head = bytes[0] ?? fail('literals without a tree');
  const length = 1 + (head < 128 ? head : (head - 126) >> 1);
  if (length > bytes.length) fail('a tree is cut off');
  const body = bytes.subarray(1, length);
  return { table: buildTable(head < 128 ? readPackedWeights(body) : readPlainWeights(body, head - 127)), length };
}

/** Four bits each. */
function readPlainWeights(body: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i % 2 === 0 ? body[i >> 1]! >> 4 : body[i >> 1]! & 15));
}

/** By two finite state decoders that take turns until the bits are used up. */
function readPackedWeights(body: Uint8Array): number[] {
  const { table, length } = readFseTable(body, { maxLog: 6, maxSymbol: 255 });
  const bits = openBackwardBits(body.subarray(length));
  const weights: number[] = [];
  let state = readBits(bits, table.log);
  let other = readBits(bits, table.log);
  if (bits.left < 0) fail('a tree is cut off');
  // A table of one symbol takes no bits at all and would go on for ever.
  while (weights.length < 255) {
    weights.push(table.symbols[state]!);
    const next = stepState(table, state, bits);
    if (bits.left < 0) {
      weights.push(table.symbols[other]!);
      return weights;
    }
    state = other;
    other = next;
  }
  return fail('a tree with too many symbols');
}

function buildTable(weights: number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) {
    if (weight > MAX_WIDTH) fail(`a code of weight ${weight}`);
    if (weight > 0) sum += 1 << (weight - 1);
  }
  const width = floorLog2(sum) + 1;
  const left = (1 << width) - sum;
  // The last weight is not stored: it fills the table up.
  if (sum === 0 || width > MAX_WIDTH || (left & (left - 1)) !== 0 || weights.length > 255)
    fail('a tree that makes no sense');
  const all = [...weights, floorLog2(left) + 1];
  const symbols = new Uint8Array(1 << width);
  const bits = new Uint8Array(1 << width);
  let at = 0;
  for (let weight = 1; weight <= width; weight++) {
    all.forEach((own, symbol) => {
      if (own !== weight) return;
      const end = at + (1 << (weight - 1));
      symbols.fill(symbol, at, end);
      bits.fill(width + 1 - weight, at, end);
      at = end;
    });
  }
  return { width, symbols, bits };
}

/** Fills `out` from a stream that must hold just so much. @throws CodecError */
export function decodeHuffman({ width, symbols, bits }: HuffmanTable, bytes: Uint8Array, out: Uint8Array): void {
  const stream = openBackwardBits(bytes);
  for (let i = 0; i < out.length; i++) {
    const code = peekBits(stream, width);
    out[i] = symbols[code]!;
    stream.left -= bits[code]!;
    if (stream.left < 0) fail('literals end early');
  }
  if (stream.left !== 0) fail('literals end late');
}
