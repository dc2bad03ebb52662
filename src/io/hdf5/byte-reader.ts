/** Numbers one after another, little-endian, out of memory that is not trusted: reading on beyond its end is a `RangeError`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#move(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#move(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#move(4), true);
  }

  /** An address, a size or a count; `undefined` for the one that says "nowhere". @throws RangeError beyond 2^53 */
  u64(): number | undefined {
    const value = this.#view.getBigUint64(this.#move(8), true);
    if (value === 0xffff_ffff_ffff_ffffn) return undefined;
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`a size of ${value}`);
    return Number(value);
  }

  /** The same where "nowhere" makes no sense. @throws RangeError */
  size(): number {
    const value = this.u64();
    if (value === undefined) throw new RangeError('a size that is not set');
    return value;
  }

  /** A number of 1, 2, 4 or 8 bytes. */
  uint(bytes: number): number {
    if (bytes === 1) return this.u8();
    if (bytes === 2) return this.u16();
    return bytes === 4 ? this.u32() : this.size();
  }

  bytes(length: number): Uint8Array {
    const at = this.#move(length);
    return this.#bytes.subarray(at, at + length);
  }

  ascii(length: number): string {
    return Buffer.from(this.bytes(length)).toString('latin1');
  }

  /** UTF-8 up to a zero byte or the end. */
  text(length: number): string {
    const bytes = this.bytes(length);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  skip(length: number): this {
    this.#move(length);
    return this;
  }

  /** On to a multiple of `unit`. */
  align(unit: number): this {
    return this.skip((unit - (this.#at % unit)) % unit);
  }

  #move(length: number): number {
    if (!(length >= 0 && length <= this.left))
      throw new RangeError(`${length} bytes asked where ${this.left} are left`);
    const at = this.#at;
    this.#at += length;
    return at;
  }
}
