import { TiffError } from '../../utils/errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { decodeAscii, decodeNumbers, getFieldBytes, type TiffField } from './field.ts';

/** What all directories of one file share. */
export interface TiffFile {
  readonly source: ByteSource;
  readonly littleEndian: boolean;
  /** BigTIFF: 64-bit offsets. */
  readonly big: boolean;
}

/** Texts and small tables that one read may bring in: no metadata tag is honestly larger. */
const MAX_METADATA_BYTES = 64 * 2 ** 20;

/**
 * One image file directory (IFD). Immutable; values are read from the source on each call and not cached.
 * Every read checks the field's extent against the file's size and throws `TiffError` where it leaves it.
 */
export class TiffDirectory {
  readonly file: TiffFile;
  /** Position in the chain from 0; a SubIFD carries its parent's. */
  readonly index: number;
  readonly fields: ReadonlyMap<number, TiffField>;

  constructor(file: TiffFile, index: number, fields: ReadonlyMap<number, TiffField>) {
    this.file = file;
    this.index = index;
    this.fields = fields;
  }

  has(tag: number): boolean {
    return this.fields.has(tag);
  }

  /** All values of a numeric tag; undefined where the tag is absent. */
  async readNumbers(tag: number): Promise<Float64Array | undefined> {
    const field = this.fields.get(tag);
    return field && decodeNumbers(await this.#readRaw(field, this.file.source.size), field, this.file.littleEndian);
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

  /** The bytes of a tag as they are. */
  async readBytes(tag: number): Promise<Uint8Array | undefined> {
    const field = this.fields.get(tag);
    return field && (await this.#readRaw(field, MAX_METADATA_BYTES));
  }

  async #readRaw(field: TiffField, limit: number): Promise<Uint8Array> {
    const { source } = this.file;
    const bytes = getFieldBytes(field);
    const fits = Number.isFinite(bytes) && bytes <= limit && field.offset + bytes <= source.size;
    if (fits) return source.read(field.offset, bytes);
    const problem = Number.isFinite(bytes)
      ? `tag ${field.tag} claims ${bytes} bytes at ${field.offset}, the file has ${source.size}`
      : `tag ${field.tag} has the unknown field type ${field.type}`;
    throw new TiffError(source.name, `directory ${this.index}: ${problem}`, { directory: this.index });
  }
}
