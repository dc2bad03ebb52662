import { inflateSync } from 'node:zlib';
import type { ByteSource } from '../source/byte-source.ts';
import { ByteReader } from './byte-reader.ts';

const FILTER = { deflate: 1, shuffle: 2, checksum: 3 } as const;

/** An array of one or two dimensions in chunks. */
export interface ChunkedArray {
  /** Of the tree by which chunks are found. */
  readonly address: number;
  readonly shape: readonly [rows: number, columns: number];
  readonly chunk: readonly [rows: number, columns: number];
  /** Dimensions in the file: 1 or 2. */
  readonly rank: number;
  readonly elementBytes: number;
  readonly filters: readonly number[];
}

interface Chunk {
  readonly row: number;
  readonly column: number;
  readonly bytes: number;
  /** Bits of filters that it did not go through. */
  readonly unfiltered: number;
  readonly address: number;
}

/** The bytes of all elements, row by row. @throws RangeError where chunks are missing or damaged; ShortReadError */
export async function readChunks(source: ByteSource, array: ChunkedArray): Promise<Uint8Array> {
  const { shape, chunk, elementBytes, filters } = array;
  const unknown = filters.find((filter) => !Object.values<number>(FILTER).includes(filter));
  if (unknown !== undefined) throw new RangeError(`chunks that went through the filter ${unknown}, which is not known`);
  const chunks: Chunk[] = [];
  const expected = Math.ceil(shape[0] / chunk[0]) * Math.ceil(shape[1] / chunk[1]);
  await listChunks(source, array.address, { array, chunks, expected, seen: new Set() });
  // Before memory is taken for them: a few bytes may claim any shape.
  if (chunks.length !== expected) throw new RangeError(`${chunks.length} chunks where ${expected} are needed`);
  const target = new Uint8Array(shape[0] * shape[1] * elementBytes);
  for (const found of chunks)
    placeChunk(unfilter(await source.read(found.address, found.bytes), found, array), found, array, target);
  return target;
}

interface Walk {
  readonly array: ChunkedArray;
  readonly chunks: Chunk[];
  readonly expected: number;
  /** Addresses of nodes: each is met once. */
  readonly seen: Set<number>;
}

async function listChunks(source: ByteSource, address: number, walk: Walk): Promise<void> {
  const { array, chunks, expected, seen } = walk;
  if (seen.has(address)) throw new RangeError('a tree of chunks that bites its tail');
  seen.add(address);
  const head = new ByteReader(await source.read(address, 24));
  if (head.ascii(4) !== 'TREE' || head.u8() !== 1) throw new RangeError('no tree of chunks');
  const depth = head.u8();
  const count = head.u16();
  const keyBytes = 8 + 8 * (array.rank + 1);
  const body = new ByteReader(await source.read(address + 24, count * (keyBytes + 8)));
  for (let child = 0; child < count; child++) {
    const [bytes, unfiltered, row] = [body.u32(), body.u32(), body.size()];
    const column = array.rank === 2 ? body.size() : 0;
    const next = body.skip(8).size();
    if (depth > 0) await listChunks(source, next, walk);
    else if (row < array.shape[0] && column < array.shape[1])
      chunks.push({ row, column, bytes, unfiltered, address: next });
    if (chunks.length > expected) throw new RangeError('more chunks than there is room for');
  }
}

function unfilter(
  bytes: Uint8Array,
  { unfiltered }: Chunk,
  { filters, chunk, elementBytes }: ChunkedArray,
): Uint8Array {
  const size = chunk[0] * chunk[1] * elementBytes;
  let content = bytes;
  for (const [at, filter] of [...filters.entries()].reverse()) {
    if (unfiltered & (1 << at)) continue;
    if (filter === FILTER.deflate) content = inflateSync(content, { maxOutputLength: Math.max(1, size + 4) });
    else if (filter === FILTER.checksum) content = content.subarray(0, -4);
    else content = unshuffle(content, elementBytes);
  }
  if (content.length !== size) throw new RangeError(`a chunk of ${content.length} bytes, where ${size} are needed`);
  return content;
}

/** First all first bytes of the elements, then all second ones ... */
function unshuffle(bytes: Uint8Array, elementBytes: number): Uint8Array {
  const count = Math.floor(bytes.length / elementBytes);
  const result = new Uint8Array(bytes.length);
  for (let byte = 0, from = 0; byte < elementBytes; byte++)
    for (let element = 0; element < count; element++) result[element * elementBytes + byte] = bytes[from++] ?? 0;
  return result;
}

function placeChunk(content: Uint8Array, { row, column }: Chunk, array: ChunkedArray, target: Uint8Array): void {
  const { shape, chunk, elementBytes } = array;
  const rows = Math.min(chunk[0], shape[0] - row);
  const width = Math.min(chunk[1], shape[1] - column) * elementBytes;
  for (let line = 0; line < rows; line++) {
    const from = line * chunk[1] * elementBytes;
    target.set(content.subarray(from, from + width), ((row + line) * shape[1] + column) * elementBytes);
  }
}
