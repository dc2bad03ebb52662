/**
 * Builds small files in the layout of Hamamatsu NDPI: JPEGs with restart markers in one strip a page, 64-bit links, high words
 * behind each directory, texts always outside of their entry. `shift` moves pages beyond 4 GiB without storing what lies before.
 */
import { sharp } from '../../src/io/codec/sharp.ts';
import type { ByteSource } from '../../src/io/source/byte-source.ts';

/** A JPEG of tiles between restart markers, and what each tile decodes to by itself. */
export interface RestartJpeg {
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly columns: number;
  readonly rows: number;
  /** Where the data of each interval begin in the JPEG. */
  readonly starts: readonly number[];
  /** RGB of each tile, in order. */
  readonly tiles: readonly Uint8Array[];
}

export interface RestartJpegOptions {
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly chromaSubsampling?: '4:4:4' | '4:2:0';
  readonly seed?: number;
}

/** Tiles encoded one by one with the standard tables and put together; above 65,535 pixels the frame says 0. */
export async function createRestartJpeg(options: RestartJpegOptions): Promise<RestartJpeg> {
  const { width, height, tileWidth, tileHeight, chromaSubsampling = '4:4:4', seed = 0 } = options;
  const [columns, rows] = [Math.ceil(width / tileWidth), Math.ceil(height / tileHeight)];
  const files: Buffer[] = [];
  for (let i = 0; i < columns * rows; i++) {
    const data = paintTile(
      { left: (i % columns) * tileWidth, top: Math.floor(i / columns) * tileHeight, seed },
      options,
    );
    const raw = { width: tileWidth, height: tileHeight, channels: 3 } as const;
    // Without optimised tables all tiles have the same ones.
    files.push(await sharp(data, { raw }).jpeg({ quality: 90, chromaSubsampling, optimiseCoding: false }).toBuffer());
  }
  const tiles = await Promise.all(files.map(async (file) => new Uint8Array(await sharp(file).raw().toBuffer())));
  const first = files[0] ?? Buffer.alloc(0);
  const scan = findScan(first);
  const unit = chromaSubsampling === '4:4:4' ? 8 : 16;
  const interval = (tileWidth / unit) * (tileHeight / unit);
  const head = Buffer.concat([
    first.subarray(0, scan.at),
    Buffer.from([0xff, 0xdd, 0, 4, interval >> 8, interval & 255]),
    first.subarray(scan.at, scan.end),
  ]);
  setSize(head, width, height);
  const parts: Buffer[] = [head];
  const starts: number[] = [];
  let length = head.length;
  for (const [i, file] of files.entries()) {
    const data = file.subarray(findScan(file).end, file.length - 2);
    const marker = Buffer.from([0xff, i === files.length - 1 ? 0xd9 : 0xd0 + (i % 8)]);
    starts.push(length);
    parts.push(data, marker);
    length += data.length + 2;
  }
  return { jpeg: Buffer.concat(parts), width, height, tileWidth, tileHeight, columns, rows, starts, tiles };
}

/** Writes a frame's size; 0 for what does not fit. */
export function setSize(jpeg: Uint8Array, width: number, height: number): void {
  const at = findSegment(jpeg, 0xc0);
  const [w, h] = [width, height].map((side) => (side > 65_535 ? 0 : side)) as [number, number];
  jpeg.set([h >> 8, h & 255, w >> 8, w & 255], at + 5);
}

/** Where a segment of the headers begins. */
export function findSegment(jpeg: Uint8Array, marker: number): number {
  for (let at = 2; at < jpeg.length; at += 2 + ((jpeg[at + 2]! << 8) | jpeg[at + 3]!)) {
    if (jpeg[at + 1] === marker) return at;
    if (jpeg[at + 1] === 0xda) break;
  }
  throw new Error(`no segment ${marker.toString(16)}`);
}

function findScan(jpeg: Uint8Array): { at: number; end: number } {
  const at = findSegment(jpeg, 0xda);
  return { at, end: at + 2 + ((jpeg[at + 2]! << 8) | jpeg[at + 3]!) };
}

function paintTile(
  { left, top, seed }: { left: number; top: number; seed: number },
  { tileWidth, tileHeight }: RestartJpegOptions,
): Uint8Array {
  const pixels = new Uint8Array(tileWidth * tileHeight * 3);
  for (let i = 0; i < tileWidth * tileHeight; i++) {
    const x = left + (i % tileWidth);
    const y = top + Math.floor(i / tileWidth) + seed * 37;
    const wave = 40 * Math.sin(x / 5) * Math.cos(y / 7) + ((x * 31 + y * 17) % 23);
    pixels.set([150 + wave, 110 + 0.7 * wave, 170 - 0.5 * wave + (x % 40)], i * 3);
  }
  return pixels;
}

/** One entry of a directory; `values` of ASCII are the bytes without NUL. */
export interface NdpiEntry {
  readonly tag: number;
  readonly type: 'ascii' | 'short' | 'long' | 'rational' | 'slong' | 'float';
  readonly values: readonly number[];
  /** A text inside of its entry, as TIFF has it and NDPI has not. */
  readonly inline?: boolean;
}

export interface NdpiPage {
  readonly width: number;
  readonly height: number;
  /** The strip: a JPEG, or raw samples with `compression` 1. */
  readonly data: Uint8Array;
  readonly lens: number;
  readonly z?: number;
  readonly compression?: number;
  /** Pixels per centimetre. */
  readonly resolution?: number;
  /** McuStarts, from the start of the data. */
  readonly starts?: readonly number[];
  readonly tags?: readonly NdpiEntry[];
  /** Bytes of nothing put in at `at` of the data: the strip grows by them, and so do the starts behind. */
  readonly hole?: { readonly at: number; readonly bytes: number };
}

export interface SparseFile {
  readonly pieces: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  readonly size: number;
}

const TYPES = { ascii: [2, 1], short: [3, 2], long: [4, 4], rational: [5, 4], slong: [9, 4], float: [11, 4] } as const;

/** A page of a level with its listed restart markers. */
export function createLevelPage(level: RestartJpeg, more: Partial<NdpiPage> = {}): NdpiPage {
  const { width, height, jpeg, starts } = level;
  return { width, height, data: jpeg, lens: 20, starts, ...more };
}

export function buildNdpi(pages: readonly NdpiPage[], { shift = 0 }: { shift?: number } = {}): SparseFile {
  const pieces: { at: number; bytes: Uint8Array }[] = [];
  let at = 16;
  const put = (bytes: Uint8Array): number => {
    const place = at;
    pieces.push({ at, bytes });
    at += bytes.length + (bytes.length % 2);
    return place;
  };
  const make = put(Buffer.from('Hamamatsu\0'));
  at += shift;
  const header = Buffer.alloc(12);
  header.set([0x49, 0x49, 42, 0]);
  pieces.push({ at: 0, bytes: header });
  let link: { bytes: Buffer; at: number } = { bytes: header, at: 4 };
  for (const page of pages) {
    const strip = at;
    const { hole } = page;
    put(page.data.subarray(0, hole?.at));
    if (hole) {
      at = strip + hole.at + hole.bytes;
      put(page.data.subarray(hole.at));
    }
    const count = page.data.length + (hole?.bytes ?? 0);
    const entries = listEntries(page, { strip, count, make }).map((entry) => encodeEntry(entry, put));
    const directory = encodeDirectory(entries);
    link.bytes.writeBigUInt64LE(BigInt(at), link.at);
    link = { bytes: directory, at: 2 + entries.length * 12 };
    put(directory);
  }
  return { pieces, size: at };
}

function listEntries(
  page: NdpiPage,
  { strip, count, make }: { strip: number; count: number; make: number },
): (NdpiEntry & { place?: number })[] {
  const { width, height, lens, z = 0, compression = 7, resolution = 40_000, starts, hole, tags = [] } = page;
  const grey = compression === 1;
  const long = (tag: number, ...values: number[]): NdpiEntry => ({ tag, type: 'long', values });
  const short = (tag: number, ...values: number[]): NdpiEntry => ({ tag, type: 'short', values });
  const moved = starts?.map((start) => start + (hole && start >= hole.at ? hole.bytes : 0));
  const entries: (NdpiEntry & { place?: number })[] = [
    long(256, width),
    long(257, height),
    grey ? short(258, 8) : short(258, 8, 8, 8),
    short(259, compression),
    short(262, grey ? 1 : 6),
    { tag: 271, type: 'ascii', values: [...Buffer.from('Hamamatsu')], place: make },
    long(273, strip),
    short(277, grey ? 1 : 3),
    long(278, height),
    long(279, count),
    { tag: 282, type: 'rational', values: [resolution, 1] },
    { tag: 283, type: 'rational', values: [resolution, 1] },
    short(296, 3),
    short(65_420, 1),
    { tag: 65_421, type: 'float', values: [lens] },
    { tag: 65_422, type: 'slong', values: [1200] },
    { tag: 65_423, type: 'slong', values: [-34] },
    { tag: 65_424, type: 'slong', values: [z] },
    ...(moved ? [long(65_426, ...moved.map((start) => start % 2 ** 32))] : []),
  ];
  const given = new Set(tags.map(({ tag }) => tag));
  return [...entries.filter(({ tag }) => !given.has(tag)), ...tags];
}

interface EncodedEntry {
  readonly bytes: Uint8Array;
  readonly high: number;
}

function encodeEntry(entry: NdpiEntry & { place?: number }, put: (bytes: Uint8Array) => number): EncodedEntry {
  const { tag, type, inline = false, place } = entry;
  const [code, size] = TYPES[type];
  const values = type === 'ascii' ? [...entry.values, 0] : entry.values;
  const raw = Buffer.alloc(Math.max(4, values.length * size));
  let high = 0;
  values.forEach((value, i) => {
    if (type === 'ascii') raw.writeUInt8(value, i);
    else if (type === 'short') raw.writeUInt16LE(value, i * 2);
    else if (type === 'float') raw.writeFloatLE(value, i * 4);
    else if (type === 'slong') raw.writeInt32LE(value, i * 4);
    else raw.writeUInt32LE(value % 2 ** 32, i * 4);
    if (values.length === 1 && type === 'long') high = Math.floor(value / 2 ** 32);
  });
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16LE(tag, 0);
  bytes.writeUInt16LE(code, 2);
  bytes.writeUInt32LE(type === 'rational' ? values.length / 2 : values.length, 4);
  const outside = values.length * size > 4 || (type === 'ascii' && !inline);
  if (!outside) bytes.set(raw.subarray(0, 4), 8);
  else {
    const offset = place ?? put(raw.subarray(0, values.length * size));
    bytes.writeUInt32LE(offset % 2 ** 32, 8);
    high = Math.floor(offset / 2 ** 32);
  }
  return { bytes, high };
}

/** Count, entries, 64-bit link, high words. */
function encodeDirectory(entries: readonly EncodedEntry[]): Buffer {
  const count = entries.length;
  const directory = Buffer.alloc(2 + count * 12 + 8 + count * 4);
  directory.writeUInt16LE(count, 0);
  entries.forEach(({ bytes, high }, i) => {
    directory.set(bytes, 2 + i * 12);
    directory.writeUInt32LE(high, 2 + count * 12 + 8 + i * 4);
  });
  return directory;
}

/** The bytes of a file that is small. */
export function joinPieces({ pieces, size }: SparseFile): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const piece of pieces) bytes.set(piece.bytes, piece.at);
  return bytes;
}

/** A source over the pieces, with zeros between them; it need not be closed. */
export function createSparseSource({ pieces, size }: SparseFile, name = 'sparse.ndpi'): ByteSource {
  return {
    name,
    size,
    identity: { size, mtimeMs: undefined },
    async read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= size)) throw new Error(`read ${offset} + ${length}`);
      const read = new Uint8Array(length);
      for (const { at, bytes } of pieces) {
        const from = Math.max(at, offset);
        const to = Math.min(at + bytes.length, offset + length);
        if (from < to) read.set(bytes.subarray(from - at, to - at), from - offset);
      }
      return read;
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}
