/** Bytes that are written one after another, little-endian, into memory that grows. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u8(...values: readonly number[]): this {
    for (const value of values) this.#at(1).setUint8(this.#length - 1, value);
    return this;
  }

  u16(...values: readonly number[]): this {
    for (const value of values) this.#at(2).setUint16(this.#length - 2, value, true);
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) this.#at(4).setUint32(this.#length - 4, value, true);
    return this;
  }

  u64(...values: readonly (number | bigint)[]): this {
    for (const value of values) this.#at(8).setBigUint64(this.#length - 8, BigInt(value), true);
    return this;
  }

  i64(value: number): this {
    this.#at(8).setBigInt64(this.#length - 8, BigInt(value), true);
    return this;
  }

  f64(value: number): this {
    this.#at(8).setFloat64(this.#length - 8, value, true);
    return this;
  }

  bytes(content: Uint8Array): this {
    const at = this.#grow(content.length);
    this.#bytes.set(content, at);
    return this;
  }

  /** Latin letters, without a length. */
  ascii(text: string): this {
    return this.bytes(Buffer.from(text, 'latin1'));
  }

  /** Zeros up to a length that is a multiple of `unit`. */
  pad(unit: number): this {
    return this.skipTo(Math.ceil(this.#length / unit) * unit);
  }

  /** Zeros up to this length. */
  skipTo(length: number): this {
    if (length > this.#length) this.#grow(length - this.#length);
    return this;
  }

  /** What was written, as a view. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** The view, after room for so many bytes more was made. */
  #at(count: number): DataView {
    this.#grow(count);
    return this.#view;
  }

  /** @returns where the new bytes begin */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(this.#length)));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}
