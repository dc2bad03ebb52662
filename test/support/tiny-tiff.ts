/**
 * Builds small TIFFs in memory: classic or BigTIFF, either byte order, tiles or strips, SubIFDs, any tag, any stored bytes.
 * It writes what it is told, sound or not; `setEntry` and `setLink` damage a finished file.
 */

import type { ByteSource } from '../../src/io/source/byte-source.ts';

/** Field types by name (TIFF 6.0 section 2 and BigTIFF). */
export const TYPE = {
  byte: 1,
  ascii: 2,
  short: 3,
  long: 4,
  rational: 5,
  undefined: 7,
  float: 11,
  double: 12,
  long8: 16,
} as const;

const BYTES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 11: 4, 12: 8, 16: 8 };

export interface TinyTag {
  readonly tag: number;
  readonly type: number;
  /** A rational is two numbers: numerator, denominator. */
  readonly values: readonly number[];
}

export interface TinyImage {
  readonly width: number;
  readonly height: number;
  /** Stored tiles or strips in file order; `undefined` is one that a sparse file leaves out (offset and count 0). */
  readonly chunks: readonly (Uint8Array | undefined)[];
  /** Both for tiles; without them the image has strips. */
  readonly tileWidth?: number;
  readonly tileHeight?: number;
  readonly rowsPerStrip?: number;
  readonly compression?: number;
  readonly photometric?: number;
  readonly samples?: number;
  readonly bits?: number;
  readonly description?: string;
  /** Further tags, or other values for the usual ones. */
  readonly tags?: readonly TinyTag[];
  /** Tags to leave out. */
  readonly omit?: readonly number[];
  readonly subImages?: readonly TinyImage[];
}

export interface TinyTiffOptions {
  readonly big?: boolean;
  readonly bigEndian?: boolean;
}

export interface TinyTiff {
  readonly bytes: Uint8Array;
  readonly big: boolean;
  readonly littleEndian: boolean;
  /** Of the chained directories, in order. */
  readonly directories: readonly TinyDirectory[];
}

export interface TinyDirectory {
  readonly offset: number;
  /** Where the entry of each tag starts. */
  readonly entries: ReadonlyMap<number, number>;
  /** Where the offset of the next directory stands. */
  readonly linkAt: number;
  /** Where each chunk starts; 0 for one that is left out. */
  readonly chunkOffsets: readonly number[];
}

export function buildTiff(images: readonly TinyImage[], options: TinyTiffOptions = {}): TinyTiff {
  const { big = false, bigEndian = false } = options;
  const out = new Output(big, !bigEndian);
  out.bytes(bigEndian ? [0x4d, 0x4d] : [0x49, 0x49]);
  out.number(TYPE.short, big ? 43 : 42);
  if (big) {
    out.number(TYPE.short, 8);
    out.number(TYPE.short, 0);
  }
  let linkAt = out.length;
  out.offset(0);
  const directories: TinyDirectory[] = [];
  for (const image of images) {
    const directory = writeImage(out, image);
    out.patchOffset(linkAt, directory.offset);
    linkAt = directory.linkAt;
    directories.push(directory);
  }
  return { bytes: out.finish(), big, littleEndian: !bigEndian, directories };
}

/** A source over bytes that need not be closed; what lies past them, up to a larger `size`, reads as zeros. */
export function createMemorySource(bytes: Uint8Array, size = bytes.length): ByteSource & { readonly reads: number } {
  let reads = 0;
  return {
    name: 'tiny.tif',
    size,
    identity: { size, mtimeMs: undefined },
    get reads() {
      return reads;
    },
    async read(offset, length) {
      reads++;
      if (!(offset >= 0 && length >= 0 && offset + length <= size)) throw new Error(`read ${offset} + ${length}`);
      const read = new Uint8Array(length);
      read.set(bytes.subarray(offset, offset + length));
      return read;
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** An RGB or grey image of pseudo-random samples as uncompressed tiles or strips, and those samples. */
export function createNoiseImage(
  shape: {
    width: number;
    height: number;
    samples?: number;
    tileWidth?: number;
    tileHeight?: number;
    rowsPerStrip?: number;
    /** Of the noise: images with other seeds have other samples. */
    seed?: number;
  },
  encode: (raw: Uint8Array) => Uint8Array = (raw) => raw,
): TinyImage & { readonly pixels: Uint8Array } {
  const { width, height, samples = 3 } = shape;
  const pixels = createNoise(width * height * samples, shape.seed);
  const tileWidth = shape.tileWidth ?? width;
  const tileHeight = shape.tileHeight ?? shape.rowsPerStrip ?? height;
  const chunks: Uint8Array[] = [];
  for (let top = 0; top < height; top += tileHeight) {
    for (let left = 0; left < width; left += tileWidth) {
      const rows = shape.tileHeight === undefined ? Math.min(tileHeight, height - top) : tileHeight;
      const chunk = new Uint8Array(tileWidth * rows * samples);
      for (let y = 0; y < Math.min(rows, height - top); y++) {
        const from = ((top + y) * width + left) * samples;
        const count = Math.min(tileWidth, width - left) * samples;
        chunk.set(pixels.subarray(from, from + count), y * tileWidth * samples);
      }
      chunks.push(encode(chunk));
    }
  }
  return { ...shape, samples, photometric: samples >= 3 ? 2 : 1, chunks, pixels };
}

/** Bytes of a small linear congruential generator: the same each time. */
export function createNoise(length: number, seed = 1): Uint8Array {
  const noise = new Uint8Array(length);
  let state = seed >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    noise[i] = state >>> 24;
  }
  return noise;
}

/** A copy whose entry of `tag` has another type, count or value field. */
export function setEntry(
  tiff: TinyTiff,
  at: { directory: number; tag: number },
  change: { type?: number; count?: number; value?: number; newTag?: number },
): Uint8Array {
  const bytes = tiff.bytes.slice();
  const entry = tiff.directories[at.directory]?.entries.get(at.tag);
  if (entry === undefined) throw new Error(`directory ${at.directory} has no tag ${at.tag}`);
  const view = new DataView(bytes.buffer);
  const { big, littleEndian } = tiff;
  if (change.newTag !== undefined) view.setUint16(entry, change.newTag, littleEndian);
  if (change.type !== undefined) view.setUint16(entry + 2, change.type, littleEndian);
  if (change.count !== undefined) putOffset(view, entry + 4, { value: change.count, big, littleEndian });
  if (change.value !== undefined) putOffset(view, entry + (big ? 12 : 8), { value: change.value, big, littleEndian });
  return bytes;
}

/** A copy whose directory points to `offset` as the next one. */
export function setLink(tiff: TinyTiff, directory: number, offset: number): Uint8Array {
  const bytes = tiff.bytes.slice();
  const { big, littleEndian } = tiff;
  putOffset(new DataView(bytes.buffer), tiff.directories[directory]!.linkAt, { value: offset, big, littleEndian });
  return bytes;
}

function putOffset(view: DataView, at: number, { value, big, littleEndian }: OffsetField): void {
  if (big) view.setBigUint64(at, BigInt(value), littleEndian);
  else view.setUint32(at, value, littleEndian);
}

interface OffsetField {
  readonly value: number;
  readonly big: boolean;
  readonly littleEndian: boolean;
}

function writeImage(out: Output, image: TinyImage): TinyDirectory {
  const chunkOffsets = image.chunks.map((chunk) => {
    if (!chunk) return 0;
    out.align();
    const at = out.length;
    out.bytes(chunk);
    return at;
  });
  const subOffsets = (image.subImages ?? []).map((sub) => writeImage(out, sub).offset);
  const tags = listTags(image, { chunkOffsets, subOffsets, offsetType: out.big ? TYPE.long8 : TYPE.long });
  const placed = tags.map((tag) => ({ ...tag, at: writeLongValues(out, tag) }));
  out.align();
  const offset = out.length;
  if (out.big) out.number(TYPE.long8, placed.length);
  else out.number(TYPE.short, placed.length);
  const entries = new Map<number, number>();
  for (const field of placed) {
    entries.set(field.tag, out.length);
    writeEntry(out, field);
  }
  const linkAt = out.length;
  out.offset(0);
  return { offset, entries, linkAt, chunkOffsets };
}

function listTags(
  image: TinyImage,
  { chunkOffsets, subOffsets, offsetType }: { chunkOffsets: number[]; subOffsets: number[]; offsetType: number },
): TinyTag[] {
  const { samples = 3, bits = 8, photometric = samples >= 3 ? 2 : 1, compression = 1, tileWidth, tileHeight } = image;
  const tiled = tileWidth !== undefined && tileHeight !== undefined;
  const counts = image.chunks.map((chunk) => chunk?.length ?? 0);
  const long = (tag: number, ...values: number[]): TinyTag => ({ tag, type: TYPE.long, values });
  const short = (tag: number, ...values: number[]): TinyTag => ({ tag, type: TYPE.short, values });
  const text = image.description === undefined ? undefined : [...Buffer.from(`${image.description}\0`, 'latin1')];
  const tags: TinyTag[] = [
    long(256, image.width),
    long(257, image.height),
    short(258, ...Array.from({ length: samples }, () => bits)),
    short(259, compression),
    short(262, photometric),
    ...(text ? [{ tag: 270, type: TYPE.ascii, values: text }] : []),
    short(277, samples),
    ...(tiled
      ? [
          long(322, tileWidth),
          long(323, tileHeight),
          { tag: 324, type: offsetType, values: chunkOffsets },
          long(325, ...counts),
        ]
      : [
          { tag: 273, type: offsetType, values: chunkOffsets },
          long(278, image.rowsPerStrip ?? image.height),
          long(279, ...counts),
        ]),
    ...(subOffsets.length > 0 ? [{ tag: 330, type: offsetType, values: subOffsets }] : []),
  ];
  const given = new Map([...tags, ...(image.tags ?? [])].map((tag) => [tag.tag, tag]));
  for (const tag of image.omit ?? []) given.delete(tag);
  return [...given.values()].sort((a, b) => a.tag - b.tag);
}

function countValues({ type, values }: TinyTag): number {
  return type === TYPE.rational ? values.length / 2 : values.length;
}

function fitsInline(out: Output, tag: TinyTag): boolean {
  return countValues(tag) * (BYTES[tag.type] ?? 1) <= (out.big ? 8 : 4);
}

/** Values that do not fit their entry go before the directory. @returns their offset */
function writeLongValues(out: Output, tag: TinyTag): number | undefined {
  if (fitsInline(out, tag)) return undefined;
  out.align();
  const at = out.length;
  for (const value of tag.values) out.number(tag.type, value);
  return at;
}

function writeEntry(out: Output, field: TinyTag & { at: number | undefined }): void {
  out.number(TYPE.short, field.tag);
  out.number(TYPE.short, field.type);
  out.offset(countValues(field));
  if (field.at !== undefined) {
    out.offset(field.at);
    return;
  }
  const end = out.length + (out.big ? 8 : 4);
  for (const value of field.values) out.number(field.type, value);
  while (out.length < end) out.bytes([0]);
}

class Output {
  readonly big: boolean;
  readonly #littleEndian: boolean;
  readonly #bytes: number[] = [];

  constructor(big: boolean, littleEndian: boolean) {
    this.big = big;
    this.#littleEndian = littleEndian;
  }

  get length(): number {
    return this.#bytes.length;
  }

  bytes(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  /** Values start at even offsets. */
  align(): void {
    if (this.length % 2 === 1) this.#bytes.push(0);
  }

  number(type: number, value: number): void {
    const view = new DataView(new ArrayBuffer(8));
    const le = this.#littleEndian;
    if (type === TYPE.short) view.setUint16(0, value, le);
    else if (type === TYPE.long || type === TYPE.rational) view.setUint32(0, value, le);
    else if (type === TYPE.float) view.setFloat32(0, value, le);
    else if (type === TYPE.double) view.setFloat64(0, value, le);
    else if (type === TYPE.long8) view.setBigUint64(0, BigInt(value), le);
    else view.setUint8(0, value);
    const size = type === TYPE.rational ? 4 : (BYTES[type] ?? 1);
    this.bytes(new Uint8Array(view.buffer, 0, size));
  }

  /** 4 bytes, or 8 in a BigTIFF. */
  offset(value: number): void {
    this.number(this.big ? TYPE.long8 : TYPE.long, value);
  }

  patchOffset(at: number, value: number): void {
    const patch = new Output(this.big, this.#littleEndian);
    patch.offset(value);
    patch.#bytes.forEach((byte, i) => {
      this.#bytes[at + i] = byte;
    });
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
