/** Thrown inside the codec, without the file's name; `decodeModel` makes a `ModelError` of it. */
export class WireFault extends Error {}

/** How a field is stored. Groups (3 and 4) are long gone from protobuf. */
export const WIRE = { varint: 0, fixed64: 1, length: 2, fixed32: 5 } as const;

const utf8 = new TextDecoder();

/** A cursor over protobuf's wire format that never leaves [start, end) of its bytes. @throws WireFault */
export class WireReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  position: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = start;
    this.#end = end;
  }

  get done(): boolean {
    return this.position >= this.#end;
  }

  get remaining(): number {
    return this.#end - this.position;
  }

  /** A varint as 64 bits, two's complement. */
  readBig(): bigint {
    const { low, high } = this.#readVarint();
    return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
  }

  /** A varint as a number: exact up to 2^53, rounded beyond. */
  readInt(): number {
    const { low, high } = this.#readVarint();
    return (high | 0) * 0x1_0000_0000 + low;
  }

  readFloat(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  readDouble(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A field's length and then so many bytes, as a view. */
  readBytes(): Uint8Array {
    const length = this.readLength();
    const start = this.#take(length);
    return this.bytes.subarray(start, start + length);
  }

  readString(): string {
    return utf8.decode(this.readBytes());
  }

  /** A length that the rest of the bytes can hold. */
  readLength(): number {
    const length = this.readInt();
    if (length < 0 || length > this.remaining)
      throw new WireFault(`a field of ${length} bytes at ${this.position}, where ${this.remaining} are left`);
    return length;
  }

  /** A reader of the message that begins here with its length; this one goes on behind it. */
  readMessage(): WireReader {
    const length = this.readLength();
    const start = this.#take(length);
    return new WireReader(this.bytes, start, start + length);
  }

  skip(wire: number): void {
    if (wire === WIRE.varint) this.#readVarint();
    else if (wire === WIRE.fixed64) this.#take(8);
    else if (wire === WIRE.fixed32) this.#take(4);
    else if (wire === WIRE.length) this.#take(this.readLength());
    else throw new WireFault(`a field of unknown kind ${wire} at ${this.position}`);
  }

  #take(length: number): number {
    const start = this.position;
    if (length > this.remaining) throw new WireFault(`cut off at ${start}: ${length} bytes expected`);
    this.position = start + length;
    return start;
  }

  #readVarint(): { low: number; high: number } {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#view.getUint8(this.#take(1));
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= (bits & 0x0f) << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return { low: low >>> 0, high: high >>> 0 };
    }
    throw new WireFault(`a number of more than 10 bytes at ${this.position}`);
  }
}
