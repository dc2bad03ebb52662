import { fail } from './fail.ts';
import { decodeHuffman, type HuffmanTable, readHuffmanTable } from './huffman.ts';

/** Most bytes of one block (RFC 8878, section 3.1.1.2.4). */
export const MAX_BLOCK = 131_072;

export interface Literals {
  readonly literals: Uint8Array;
  /** For the blocks after this one, which may go without a tree. */
  readonly tree: HuffmanTable | undefined;
  /** Bytes that the section takes. */
  readonly length: number;
}

/** Reads the literals section of a block (RFC 8878, section 3.1.1.3.1). @throws CodecError */
export function readLiterals(block: Uint8Array, tree: HuffmanTable | undefined): Literals {
  const first = block[0] ?? fail('an empty block');
  const kind = first & 3;
  const format = (first >> 2) & 3;
  if (kind >= 2) return readPackedLiterals(block, { kind, format, tree });
  const head = format === 1 ? 2 : format === 3 ? 3 : 1;
  const size = head === 1 ? first >> 3 : readNumber(block, head) >> 4;
  const length = head + (kind === 0 ? size : 1);
  if (size > MAX_BLOCK || length > block.length) fail(`${size} literals in a block of ${block.length} bytes`);
  const literals = kind === 0 ? block.subarray(head, length) : new Uint8Array(size).fill(block[head]!);
  return { literals, tree, length };
}

function readPackedLiterals(
  block: Uint8Array,
  { kind, format, tree }: { kind: number; format: number; tree: HuffmanTable | undefined },
): Literals {
  const width = format < 2 ? 10 : format === 2 ? 14 : 18;
  const head = format < 2 ? 3 : format + 2;
  const numbers = Math.floor(readNumber(block, head) / 16);
  const size = numbers % 2 ** width;
  const packed = Math.floor(numbers / 2 ** width);
  const length = head + packed;
  if (size > MAX_BLOCK || length > block.length) fail(`${size} literals in a block of ${block.length} bytes`);
  let streams = block.subarray(head, length);
  let table = tree;
  if (kind === 2) {
    const read = readHuffmanTable(streams);
    table = read.table;
    streams = streams.subarray(read.length);
  }
  if (!table) fail('literals without a tree');
  const literals = new Uint8Array(size);
  if (format === 0) decodeHuffman(table, streams, literals);
  else decodeFour(table, streams, literals);
  return { literals, tree: table, length };
}

/** Four streams of a quarter each, after the lengths of the first three. */
function decodeFour(table: HuffmanTable, bytes: Uint8Array, out: Uint8Array): void {
  const quarter = (out.length + 3) >> 2;
  if (bytes.length < 6 || quarter * 3 > out.length) fail('four streams of literals are cut off');
  let at = 6;
  for (let i = 0; i < 4; i++) {
    const end = i < 3 ? at + (bytes[2 * i]! | (bytes[2 * i + 1]! << 8)) : bytes.length;
    if (end > bytes.length) fail('four streams of literals are cut off');
    const part = out.subarray(i * quarter, i < 3 ? (i + 1) * quarter : out.length);
    decodeHuffman(table, bytes.subarray(at, end), part);
    at = end;
  }
}

/** A little-endian number of up to 5 bytes. */
function readNumber(bytes: Uint8Array, count: number): number {
  if (count > bytes.length) fail('a block is cut off');
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes[i]!;
  return value;
}
