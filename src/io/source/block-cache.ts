import { type BlockRun, chooseRun, createReadAhead } from './choose-run.ts';
import { KeptBlocks } from './kept-blocks.ts';
import { type BlockRequest, type PendingBlock, PendingBlocks } from './pending-blocks.ts';
import { waitFor } from './wait-for.ts';
import type { RequestControl } from './with-retries.ts';

export interface BlockCacheOptions {
  /** Of the file. */
  readonly size: number;
  readonly blockBytes: number;
  /** Blocks are kept within this many bytes, least recently used out first. With 0 nothing is kept, but still shared. */
  readonly cacheBytes: number;
  /** Bytes of one range, all of them inside the file. */
  readonly fetch: (offset: number, length: number, control: RequestControl) => Promise<Uint8Array>;
}

/** Requests that run at once, and the bytes of one: what is held beside the cache. */
export const MAX_REQUESTS = 4;
export const MAX_REQUEST_BYTES = 2 * 2 ** 20;
/** A long read goes through the cache in parts. */
const PART_BYTES = MAX_REQUESTS * MAX_REQUEST_BYTES;

/**
 * A file in blocks of equal size. Readers that want the same block at once share one request; blocks that are wanted in the
 * same turn of the event loop and lie together come in one; a reader that goes through the file is read ahead for.
 */
export class BlockCache {
  readonly #options: BlockCacheOptions;
  readonly #kept: KeptBlocks;
  readonly #pending = new PendingBlocks();
  readonly #requests = new Set<BlockRequest>();
  readonly #readAhead: ReturnType<typeof createReadAhead>;
  readonly #maxBlocks: number;
  #isScheduled = false;
  #isStopped = false;
  #isClosed = false;

  constructor(options: BlockCacheOptions) {
    const { blockBytes, cacheBytes } = options;
    this.#options = options;
    this.#kept = new KeptBlocks(cacheBytes);
    this.#maxBlocks = Math.max(1, Math.floor(MAX_REQUEST_BYTES / blockBytes));
    // What comes unasked must not push out what is in use.
    this.#readAhead = createReadAhead(Math.min(this.#maxBlocks, Math.floor(cacheBytes / 4 / blockBytes)));
  }

  /** Bytes kept now. */
  get bytes(): number {
    return this.#kept.bytes;
  }

  /** Keeps bytes that are known already: whole blocks from the start of the file. */
  seed(head: Uint8Array): void {
    const { size, blockBytes } = this.#options;
    for (let index = 0; index * blockBytes < head.length; index++) {
      const end = Math.min((index + 1) * blockBytes, size);
      if (end <= head.length) this.#keep(index, head.slice(index * blockBytes, end));
    }
  }

  /** A copy of the bytes. Where `signal` fires, what nobody else waits for is not fetched. */
  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    const result = new Uint8Array(length);
    for (let at = 0; at < length; at += PART_BYTES) {
      await this.#readPart(offset + at, result.subarray(at, at + PART_BYTES), signal);
    }
    return result;
  }

  /** Begins to fetch ranges that will soon be read. No more than half of the cache: the rest is left for its readers. */
  prefetch(ranges: Iterable<{ offset: number; length: number }>): void {
    const { size, blockBytes, cacheBytes } = this.#options;
    let left = Math.floor(cacheBytes / 2 / blockBytes);
    for (const { offset, length } of ranges) {
      const end = Math.min(offset + length, size);
      for (let index = Math.floor(offset / blockBytes); index * blockBytes < end; index++) {
        if (this.#kept.has(index) || this.#pending.has(index)) continue;
        if (left-- <= 0) return;
        // A reader that never leaves.
        this.#want(index);
      }
    }
  }

  /** Requests are not tried again from now on. */
  stop(): void {
    this.#isStopped = true;
    for (const { stop } of this.#requests) stop.abort();
  }

  /** Forgets everything and ends what is under way. */
  close(reason: unknown): void {
    this.#isClosed = true;
    this.#kept.clear();
    this.#pending.clear(reason);
    for (const { abort } of this.#requests) abort.abort(reason);
  }

  async #readPart(offset: number, target: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    const { blockBytes } = this.#options;
    const place = (index: number, block: Uint8Array) => {
      const from = index * blockBytes - offset;
      const part = block.subarray(Math.max(0, -from), Math.min(block.length, target.length - from));
      target.set(part, Math.max(0, from));
    };
    const waits: { index: number; block: PendingBlock; placed: Promise<void> }[] = [];
    for (let index = Math.floor(offset / blockBytes); index * blockBytes < offset + target.length; index++) {
      const kept = this.#kept.use(index);
      if (kept) {
        place(index, kept);
        continue;
      }
      const block = this.#want(index);
      waits.push({ index, block, placed: block.promise.then((bytes) => place(index, bytes)) });
    }
    if (waits.length === 0) return;
    try {
      await waitFor(Promise.all(waits.map(({ placed }) => placed)), signal);
    } finally {
      for (const { index, block } of waits) this.#pending.leave(index, block);
    }
  }

  #want(index: number): PendingBlock {
    this.#schedule();
    return this.#pending.join(index);
  }

  /** At the end of the turn, when all who ask now have asked. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#startRequests();
    });
  }

  #startRequests(): void {
    const { size, blockBytes } = this.#options;
    const isFree = (index: number) =>
      index >= 0 &&
      index * blockBytes < size &&
      !this.#kept.has(index) &&
      (!this.#pending.has(index) || this.#pending.queue.has(index));
    while (this.#requests.size < MAX_REQUESTS) {
      const run = chooseRun(this.#pending.queue, { maxBlocks: this.#maxBlocks, isFree });
      if (!run) return;
      const ahead = this.#readAhead(run, { room: this.#maxBlocks - run.count, isFree });
      void this.#run({ ...run, count: run.count + ahead });
    }
  }

  async #run({ first, count }: BlockRun): Promise<void> {
    const { size, blockBytes, fetch } = this.#options;
    const request = this.#pending.startRequest({ first, count });
    if (this.#isStopped) request.stop.abort();
    this.#requests.add(request);
    const offset = first * blockBytes;
    try {
      const control = { signal: request.abort.signal, stop: request.stop.signal };
      const bytes = await fetch(offset, Math.min(count * blockBytes, size - offset), control);
      this.#pending.resolve(request, (index) => {
        const from = (index - first) * blockBytes;
        // A copy, so that one block that is kept does not hold the bytes of all.
        const own = bytes.slice(from, from + blockBytes);
        this.#keep(index, own);
        return own;
      });
    } catch (error) {
      this.#pending.reject(request, error);
    } finally {
      this.#requests.delete(request);
      this.#startRequests();
    }
  }

  #keep(index: number, block: Uint8Array): void {
    if (!this.#isClosed) this.#kept.put(index, block);
  }
}
