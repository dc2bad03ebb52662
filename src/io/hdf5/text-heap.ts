import { ByteWriter } from './byte-writer.ts';

/** The smallest collection that the library reads. */
const SMALLEST = 4096;
const HEAD = 16;

/** Texts of attributes, whose lengths vary: they lie in a collection of their own ("global heap"), and are found by number. */
export class TextHeap {
  readonly #texts: Uint8Array[] = [];

  /** @returns its number, from 1, and its bytes */
  add(text: string): { readonly index: number; readonly length: number } {
    const bytes = Buffer.from(text);
    return { index: this.#texts.push(bytes), length: bytes.length };
  }

  /** Bytes of the collection; 0 where there are no texts. */
  get length(): number {
    const used = this.#texts.reduce((sum, { length }) => sum + HEAD + Math.ceil(length / 8) * 8, HEAD);
    return this.#texts.length === 0 ? 0 : Math.max(SMALLEST, used + HEAD);
  }

  encode(): Uint8Array {
    const { length } = this;
    const to = new ByteWriter();
    if (length === 0) return to.finish();
    to.ascii('GCOL').u8(1, 0, 0, 0).u64(length);
    for (const [at, text] of this.#texts.entries())
      to.u16(at + 1, 1)
        .u32(0)
        .u64(text.length)
        .bytes(text)
        .pad(8);
    // Object 0 is the room that is left.
    to.u16(0, 0)
      .u32(0)
      .u64(length - to.length + 8);
    return to.skipTo(length).finish();
  }
}
