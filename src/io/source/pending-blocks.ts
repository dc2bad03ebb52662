/** A block on its way, which all its readers share. */
export interface PendingBlock {
  readonly promise: Promise<Uint8Array>;
  readonly resolve: (block: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
  /** Readers that wait for it. */
  waiting: number;
  /** The request that brings it; undefined while it waits for its turn. */
  request: BlockRequest | undefined;
}

/** A request under way, for blocks that lie together. */
export interface BlockRequest {
  readonly blocks: Map<number, PendingBlock>;
  /** Ends it at once, as nobody waits for it. */
  readonly abort: AbortController;
  /** Lets no further try begin. */
  readonly stop: AbortController;
}

/** Blocks that are wanted and not there yet: those without a request wait in a queue. */
export class PendingBlocks {
  readonly #blocks = new Map<number, PendingBlock>();
  readonly #queue = new Set<number>();

  /** Blocks without a request, in the order they were asked for. */
  get queue(): ReadonlySet<number> {
    return this.#queue;
  }

  has(index: number): boolean {
    return this.#blocks.has(index);
  }

  /** The block for one more reader, who `leave`s it; put into the queue where it was not wanted yet. */
  join(index: number): PendingBlock {
    const block = this.#blocks.get(index) ?? this.#add(index);
    block.waiting++;
    return block;
  }

  /** A reader that has its block, or no longer wants it. A request that nobody waits for any more is ended. */
  leave(index: number, block: PendingBlock): void {
    block.waiting--;
    if (block.waiting > 0 || this.#blocks.get(index) !== block) return;
    const { request } = block;
    if (!request) {
      this.#remove(index, block);
      return;
    }
    if ([...request.blocks.values()].some(({ waiting }) => waiting > 0)) return;
    // Struck off before the request has ended: who asks now gets one of his own.
    for (const [at, one] of request.blocks) this.#remove(at, one);
    request.abort.abort();
  }

  /** Takes blocks off the queue, and those along that nobody asked for. */
  startRequest({ first, count }: { first: number; count: number }): BlockRequest {
    const request = {
      blocks: new Map<number, PendingBlock>(),
      abort: new AbortController(),
      stop: new AbortController(),
    };
    for (let index = first; index < first + count; index++) {
      const block = this.#blocks.get(index) ?? this.#add(index);
      block.request = request;
      request.blocks.set(index, block);
      this.#queue.delete(index);
    }
    return request;
  }

  /** Hands a request's blocks to their readers. */
  resolve({ blocks }: BlockRequest, getBytes: (index: number) => Uint8Array): void {
    for (const [index, block] of blocks) {
      const bytes = getBytes(index);
      this.#remove(index, block);
      block.resolve(bytes);
    }
  }

  reject({ blocks }: BlockRequest, error: unknown): void {
    for (const [index, block] of blocks) {
      this.#remove(index, block);
      block.reject(error);
    }
  }

  /** Fails all readers. */
  clear(reason: unknown): void {
    for (const block of this.#blocks.values()) block.reject(reason);
    this.#blocks.clear();
    this.#queue.clear();
  }

  #add(index: number): PendingBlock {
    let resolve: PendingBlock['resolve'] = () => {};
    let reject: PendingBlock['reject'] = () => {};
    const promise = new Promise<Uint8Array>((...settle) => ([resolve, reject] = settle));
    // Its readers hear of an error; where all have left, nobody needs to.
    promise.catch(() => {});
    const block: PendingBlock = { promise, resolve, reject, waiting: 0, request: undefined };
    this.#blocks.set(index, block);
    this.#queue.add(index);
    return block;
  }

  /** A block of that number that was wanted later stays. */
  #remove(index: number, block: PendingBlock): void {
    if (this.#blocks.get(index) !== block) return;
    this.#blocks.delete(index);
    this.#queue.delete(index);
  }
}
