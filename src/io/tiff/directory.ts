import { TiffError } from '../../utils/errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { decodeAscii, decodeNumbers, getFieldBytes, type TiffField } from './field.ts';

/** What all directories of one file share. */
export interface TiffFile {
  readonly source: ByteSource;
  readonly littleEndian: boolean;
  /** BigTIFF: 64-bit offsets. */
  readonly big: boolean;
  /** A classic TIFF beyond 4 GiB whose offsets go on in high words, see `widenEntry`. */
  readonly highWords?: boolean;
}

/** Texts and small tables that one read may bring in: no metadata tag is honestly larger. */
const MAX_METADATA_BYTES = 64 * 2 ** 20;

/** Field type of plain bytes. */
const BYTE = 1;

/** Values of one tag, 8 bytes each in memory: a million pixels square in tiles of 256 need 15 million offsets. */
const MAX_VALUES = 2 ** 24;

/** Values that are read at once of a table that is longer: 256 KiB of offsets in a BigTIFF. */
const PIECE = 2 ** 15;

/** Bytes of the file around a directory, kept from when its entries were read. */
export interface DirectoryBytes {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * One image file directory (IFD). Immutable. Values that lie in the directory itself or just behind it come from
 * memory; others are read from the source on each call and not cached.
 * Every read checks the field's extent against the file's size and throws `TiffError` where it leaves it.
 */
export class TiffDirectory {
  readonly file: TiffFile;
  /** Position in the chain from 0; a SubIFD carries its parent's. */
  readonly index: number;
  readonly fields: ReadonlyMap<number, TiffField>;
  readonly #near: DirectoryBytes;

  constructor(
    file: TiffFile,
    index: number,
    { fields, near }: { fields: ReadonlyMap<number, TiffField>; near: DirectoryBytes },
  ) {
    this.file = file;
    this.index = index;
    this.fields = fields;
    this.#near = near;
  }

  has(tag: number): boolean {
    return this.fields.has(tag);
  }

  /** All values of a numeric tag; undefined where the tag is absent. */
  async readNumbers(tag: number): Promise<Float64Array | undefined> {
    const field = this.fields.get(tag);
    if (!field) return undefined;
    if (field.count > MAX_VALUES) throw this.#fail(`tag ${tag} has ${field.count} values, more than ${MAX_VALUES}`);
    return decodeNumbers(await this.#readRaw(field, MAX_VALUES * 8), field, this.file.littleEndian);
  }

  /**
   * As `readNumbers`, for tables of a value a tile: read a piece at a time, into a SharedArrayBuffer, as they are posted to
   * other threads. A table then takes 8 bytes a value, where a read in one piece and a copy to share take 24.
   */
  async readTable(tag: number): Promise<Float64Array | undefined> {
    const field = this.fields.get(tag);
    if (!field || field.count <= PIECE || field.count > MAX_VALUES) return this.readNumbers(tag);
    this.#checkField(field);
    const values = new Float64Array(new SharedArrayBuffer(field.count * 8));
    const step = getFieldBytes({ ...field, count: 1 });
    for (let first = 0; first < field.count; first += PIECE) {
      const count = Math.min(PIECE, field.count - first);
      const piece = { ...field, count, offset: field.offset + first * step };
      values.set(decodeNumbers(await this.#readRaw(piece, PIECE * 8), piece, this.file.littleEndian), first);
    }
    return values;
  }

  /** The first value of a numeric tag; undefined where the tag is absent or has no values. */
  async readNumber(tag: number): Promise<number | undefined> {
    const field = this.fields.get(tag);
    if (!field || field.count === 0) return undefined;
    const one = { ...field, count: 1 };
    return decodeNumbers(await this.#readRaw(one, 8), one, this.file.littleEndian)[0];
  }

  async readAscii(tag: number): Promise<string | undefined> {
    const field = this.fields.get(tag);
    return field && decodeAscii(await this.#readRaw(field, MAX_METADATA_BYTES));
  }

  /** As `readAscii`, cut after `most` bytes: a thousand pages may all point to one text of megabytes. */
  async readAsciiHead(tag: number, most: number): Promise<string | undefined> {
    const field = this.fields.get(tag);
    if (!field) return undefined;
    // What lies past the end of the file is damage, also where it would be cut.
    const bytes = this.#checkField(field);
    if (bytes <= most) return decodeAscii(await this.#readRaw(field, most));
    return decodeAscii(await this.#readRaw({ ...field, type: BYTE, count: most }, most));
  }

  /**
   * The bytes of a tag as they are.
   * @param limit where the tag claims more, it is refused.
   */
  async readBytes(tag: number, limit: number = MAX_METADATA_BYTES): Promise<Uint8Array | undefined> {
    const field = this.fields.get(tag);
    return field && (await this.#readRaw(field, limit));
  }

  /** Checks without reading that the values of a tag lie in the file; an absent tag is sound. @throws TiffError */
  checkExtent(tag: number): void {
    const field = this.fields.get(tag);
    if (field) this.#checkField(field);
  }

  /** @param limit bytes; where a field claims more, it is refused before memory is taken for it. */
  async #readRaw(field: TiffField, limit: number): Promise<Uint8Array> {
    const bytes = this.#checkField(field);
    const { tag, offset } = field;
    if (bytes > limit) throw this.#fail(`tag ${tag} claims ${bytes} bytes, more than the ${limit} that make sense`);
    const from = offset - this.#near.offset;
    if (from >= 0 && from + bytes <= this.#near.bytes.length) return this.#near.bytes.subarray(from, from + bytes);
    return this.file.source.read(offset, bytes);
  }

  /** The bytes that the field's values take, all of them inside the file. */
  #checkField(field: TiffField): number {
    const { tag, type, offset } = field;
    const { size } = this.file.source;
    const bytes = getFieldBytes(field);
    if (!Number.isFinite(bytes)) throw this.#fail(`tag ${tag} has the unknown field type ${type}`);
    if (offset + bytes > size) throw this.#fail(`tag ${tag} claims ${bytes} bytes at ${offset}, the file has ${size}`);
    return bytes;
  }

  #fail(problem: string): TiffError {
    const { index } = this;
    return new TiffError(this.file.source.name, `directory ${index}: ${problem}`, { directory: index });
  }
}
