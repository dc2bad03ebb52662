import { describe, expect, it } from 'vitest';
import { BlockCache, MAX_REQUESTS } from '../../../../src/io/source/block-cache.ts';
import type { RequestControl } from '../../../../src/io/source/with-retries.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';

const BLOCK = 1024;
const bytes = createNoise(200 * BLOCK + 77);

interface Call {
  readonly first: number;
  readonly count: number;
  readonly control: RequestControl;
}

/** A cache over bytes in memory; `calls` are the requests, in blocks. */
function createCache(cacheBytes: number, wait: (call: Call) => Promise<unknown> = async () => undefined) {
  const calls: Call[] = [];
  let running = 0;
  let mostRunning = 0;
  const cache = new BlockCache({
    size: bytes.length,
    blockBytes: BLOCK,
    cacheBytes,
    async fetch(offset, length, control) {
      const call = { first: offset / BLOCK, count: Math.ceil(length / BLOCK), control };
      calls.push(call);
      mostRunning = Math.max(mostRunning, ++running);
      try {
        await wait(call);
        return bytes.slice(offset, offset + length);
      } finally {
        running--;
      }
    },
  });
  const read = async (first: number, count = 1, signal?: AbortSignal) => {
    const from = first * BLOCK + 5;
    const length = count * BLOCK - 10;
    const found = await cache.read(from, length, signal);
    expect(Buffer.compare(found, bytes.subarray(from, from + length))).toBe(0);
  };
  const listCalls = () => calls.map(({ first, count }) => [first, count]);
  return { cache, read, calls, listCalls, getMostRunning: () => mostRunning };
}

describe('a cache of blocks', () => {
  it('shares a request between readers, and keeps what it brought', async () => {
    const { read, listCalls } = createCache(100 * BLOCK);
    await Promise.all([read(7), read(7), read(7)]);
    await read(7);
    expect(listCalls()).toEqual([[7, 1]]);
  });

  it('asks for neighbours at once, over small gaps too, and for what lies apart by itself', async () => {
    const { read, listCalls } = createCache(100 * BLOCK);
    await Promise.all([read(50), read(12), read(10), read(11), read(15), read(19)]);
    expect(listCalls()).toEqual([
      [50, 1],
      [10, 6],
      [19, 1],
    ]);
    await Promise.all([read(13), read(14)]);
    expect(listCalls().length).toBe(3);
  });

  it('reads ahead for a reader that goes through the file, twice as far each time, and for no other', async () => {
    const { read, listCalls } = createCache(64 * BLOCK);
    for (let block = 0; block < 40; block++) await read(block);
    expect(listCalls()).toEqual([
      [0, 1],
      [1, 2],
      [3, 3],
      [6, 5],
      [11, 9],
      [20, 17],
      [37, 17],
    ]);
    await read(150);
    await read(140);
    expect(listCalls().slice(-2)).toEqual([
      [150, 1],
      [140, 1],
    ]);
  });

  it('keeps no more than its budget, the latest used', async () => {
    const { cache, read, listCalls } = createCache(8 * BLOCK);
    for (let block = 0; block < 100; block += 5) {
      await read(block);
      await read(0);
      expect(cache.bytes).toBeLessThanOrEqual(8 * BLOCK);
    }
    expect(listCalls().filter(([first]) => first === 0).length).toBe(1);
    await cache.read(0, bytes.length);
    expect(cache.bytes).toBeLessThanOrEqual(8 * BLOCK);
  });

  it('with no budget keeps nothing, reads nothing unasked, and still shares', async () => {
    const { cache, read, listCalls } = createCache(0);
    await Promise.all([read(3), read(3)]);
    await read(3);
    await read(4);
    await read(5);
    expect(listCalls()).toEqual([
      [3, 1],
      [3, 1],
      [4, 1],
      [5, 1],
    ]);
    expect(cache.bytes).toBe(0);
  });

  it('runs few requests at a time', async () => {
    const { read, getMostRunning } = createCache(100 * BLOCK, () => new Promise((resolve) => setTimeout(resolve, 2)));
    await Promise.all(Array.from({ length: 20 }, (_, i) => read(i * 10)));
    expect(getMostRunning()).toBe(MAX_REQUESTS);
  });

  it('fetches what will be read beforehand, half of its budget at most', async () => {
    const { cache, read, listCalls } = createCache(20 * BLOCK);
    cache.prefetch([{ offset: 30 * BLOCK, length: 4 * BLOCK }]);
    await read(31, 2);
    expect(listCalls()).toEqual([[30, 4]]);
    cache.prefetch([{ offset: 100 * BLOCK, length: 50 * BLOCK }]);
    await read(100);
    expect(listCalls().slice(1)).toEqual([[100, 10]]);
  });

  it('asks again for what failed', async () => {
    let fails = true;
    const { read, listCalls } = createCache(20 * BLOCK, async () => {
      if (fails) throw new Error('no luck');
    });
    await expect(Promise.all([read(3), read(3)])).rejects.toThrow('no luck');
    fails = false;
    await read(3);
    expect(listCalls()).toEqual([
      [3, 1],
      [3, 1],
    ]);
  });
});

describe('a reader that leaves', () => {
  const forever = ({ control }: Call) =>
    new Promise((_, reject) => {
      // It takes a while to end.
      control.signal.addEventListener('abort', () => setTimeout(() => reject(new Error('ended')), 10));
    });

  it('ends a request that nobody else waits for, and who comes then gets one of his own', async () => {
    let isSlow = true;
    const { read, calls } = createCache(20 * BLOCK, async (call) => (isSlow ? forever(call) : undefined));
    const leaver = new AbortController();
    const reading = read(3, 1, leaver.signal);
    await new Promise((resolve) => setTimeout(resolve, 5));
    isSlow = false;
    leaver.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    expect(calls[0]?.control.signal.aborted).toBe(true);
    await read(3);
    await new Promise((resolve) => setTimeout(resolve, 15));
    await read(3);
    expect(calls.length).toBe(2);
  });

  it('leaves alone what others wait for', async () => {
    const { read, calls } = createCache(20 * BLOCK, () => new Promise((resolve) => setTimeout(resolve, 20)));
    const leaver = new AbortController();
    const reading = read(3, 1, leaver.signal);
    const other = read(4);
    await new Promise((resolve) => setTimeout(resolve, 5));
    leaver.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    await other;
    expect(calls.map(({ control }) => control.signal.aborted)).toEqual([false]);
  });

  it('takes what was not asked for yet off the list', async () => {
    const { read, calls } = createCache(20 * BLOCK);
    const leaver = new AbortController();
    const reading = read(3, 1, leaver.signal);
    leaver.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    await read(9);
    expect(calls.map(({ first }) => first)).toEqual([9]);
  });
});
