import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlockCache, MAX_REQUESTS } from '../../src/io/source/block-cache.ts';
import { createNoise } from '../support/tiny-tiff.ts';

const BLOCK = 64;
const bytes = createNoise(60 * BLOCK + 17);

const range = fc
  .record({ offset: fc.integer({ min: 0, max: bytes.length }), length: fc.integer({ min: 0, max: 20 * BLOCK }) })
  .map(({ offset, length }) => ({ offset, length: Math.min(length, bytes.length - offset) }));

/** What readers do, each after so many turns of the event loop. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('read' as const), range, wait: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('prefetch' as const), range, wait: fc.nat(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('leave' as const), range, wait: fc.nat(3), after: fc.nat(4) }),
  },
);

const task = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 30 }),
  budget: fc.integer({ min: 0, max: 30 }),
  /** Of each request in turn: turns of the event loop that it takes, and whether it fails. */
  requests: fc.array(fc.record({ turns: fc.nat(4), fails: fc.nat(9).map((n) => n === 0) }), {
    minLength: 1,
    maxLength: 9,
  }),
});

async function passTurns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

it('gives every reader the bytes of the file, within its bounds, whatever others do and whatever fails', async () => {
  await fc.assert(
    fc.asyncProperty(task, async ({ steps, budget, requests }) => {
      const underWay = new Map<number, number>();
      const troubles: string[] = [];
      let count = 0;
      let running = 0;
      const cache = new BlockCache({
        size: bytes.length,
        blockBytes: BLOCK,
        cacheBytes: budget * BLOCK,
        async fetch(offset, length, { signal }) {
          const { turns = 0, fails = false } = requests[count++ % requests.length] ?? {};
          if (++running > MAX_REQUESTS) troubles.push(`${running} requests at once`);
          const blocks = Array.from({ length: Math.ceil(length / BLOCK) }, (_, i) => offset / BLOCK + i);
          for (const block of blocks) {
            // A second request is right only after the first has been given up.
            if (underWay.has(block)) troubles.push(`block ${block} is fetched twice at once`);
            underWay.set(block, count);
          }
          const mine = count;
          const release = () => {
            for (const block of blocks) if (underWay.get(block) === mine) underWay.delete(block);
          };
          signal.addEventListener('abort', release);
          try {
            await passTurns(turns);
            signal.throwIfAborted();
            if (fails) throw new Error('no luck');
            return bytes.slice(offset, offset + length);
          } finally {
            release();
            running--;
          }
        },
      });
      const readers: Promise<unknown>[] = [];
      for (const one of steps) {
        await passTurns(one.wait);
        const { offset, length } = one.range;
        if (cache.bytes > budget * BLOCK) troubles.push(`${cache.bytes} bytes are kept`);
        if (one.kind === 'prefetch') {
          cache.prefetch([one.range]);
          continue;
        }
        const leaver = new AbortController();
        const reading = cache.read(offset, length, leaver.signal).then(
          (found) => {
            if (Buffer.compare(found, bytes.subarray(offset, offset + length)) !== 0)
              troubles.push(`other bytes at ${offset}`);
          },
          (error: Error) => {
            if (!/no luck|enough/.test(error.message)) troubles.push(error.message);
          },
        );
        readers.push(reading);
        if (one.kind === 'leave') void passTurns(one.after).then(() => leaver.abort(new Error('enough')));
      }
      // Nobody is forgotten.
      await Promise.all(readers);
      expect(troubles).toEqual([]);
      cache.close(new Error('closed'));
      expect(cache.bytes).toBe(0);
      await passTurns(6);
      expect(running).toBe(0);
    }),
    { numRuns: 300, seed: 20 },
  );
});
