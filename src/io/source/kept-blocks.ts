/** Blocks by number within a budget of bytes, least recently used out first. With a budget of 0 nothing is kept. */
export class KeptBlocks {
  readonly #budget: number;
  /** Latest used last. */
  readonly #blocks = new Map<number, Uint8Array>();
  #bytes = 0;

  constructor(budget: number) {
    this.#budget = budget;
  }

  /** Bytes kept now. */
  get bytes(): number {
    return this.#bytes;
  }

  has(index: number): boolean {
    return this.#blocks.has(index);
  }

  /** The block, which counts as used. */
  use(index: number): Uint8Array | undefined {
    const block = this.#blocks.get(index);
    if (!block) return undefined;
    this.#blocks.delete(index);
    this.#blocks.set(index, block);
    return block;
  }

  /** Keeps a block that is not there yet, where it fits. */
  put(index: number, block: Uint8Array): void {
    if (block.length > this.#budget || this.#blocks.has(index)) return;
    this.#blocks.set(index, block);
    this.#bytes += block.length;
    for (const [oldest, { length }] of this.#blocks) {
      if (this.#bytes <= this.#budget) break;
      this.#blocks.delete(oldest);
      this.#bytes -= length;
    }
  }

  clear(): void {
    this.#blocks.clear();
    this.#bytes = 0;
  }
}
