import { describe, expect, it } from 'vitest';
import { AbortedError } from '../../src/utils/errors.ts';
import { createAnswerCache } from '../../src/viewer/answer-cache.ts';
import { createFairQueue, QueueFullError } from '../../src/viewer/fair-queue.ts';
import { createRequestRate } from '../../src/viewer/request-rate.ts';

const never = new AbortController().signal;

/** Lets everything that waits for nothing but promises go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the queue', () => {
  it('lets clients take turns, whoever asked first and for most', async () => {
    const queue = createFairQueue({ concurrency: 1, maxWaiting: 100 });
    const order: string[] = [];
    const ask = (client: string, name: string) => queue.run(client, async () => void order.push(name), never);
    const all = [
      ...['a1', 'a2', 'a3', 'a4'].map((name) => ask('a', name)),
      ask('b', 'b1'),
      ask('b', 'b2'),
      ask('c', 'c1'),
    ];
    await Promise.all(all);
    expect(order).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
    expect([queue.running, queue.waiting]).toEqual([0, 0]);
  });

  it('refuses what does not fit, and lets go of those who leave', async () => {
    const queue = createFairQueue({ concurrency: 2, maxWaiting: 2 });
    const open: (() => void)[] = [];
    let most = 0;
    const task = () =>
      new Promise<void>((resolve) => {
        most = Math.max(most, queue.running);
        open.push(resolve);
      });
    const leave = new AbortController();
    const running = [queue.run('a', task, never), queue.run('a', task, never)];
    const gone = queue.run('a', task, leave.signal);
    const last = queue.run('a', task, never);
    await expect(queue.run('b', task, never)).rejects.toThrow(QueueFullError);
    leave.abort();
    await expect(gone).rejects.toThrow(AbortedError);
    expect(queue.waiting).toBe(1);
    open.splice(0).map((end) => end());
    await Promise.all(running);
    await settle();
    open.splice(0).map((end) => end());
    await last;
    expect([most, queue.running, queue.waiting]).toEqual([2, 0, 0]);
  });

  it('goes on after a task that fails', async () => {
    const queue = createFairQueue({ concurrency: 1, maxWaiting: 2 });
    await expect(queue.run('a', () => Promise.reject(new Error('bad')), never)).rejects.toThrow('bad');
    expect(await queue.run('a', async () => 1, never)).toBe(1);
  });
});

describe('the rate of requests', () => {
  it("gives each client four seconds' worth at once, and then so many a second", () => {
    const rate = createRequestRate(10);
    const count = (client: string, now: number) =>
      Array.from({ length: 100 }, () => rate.take(client, now)).filter((wait) => wait === 0).length;
    expect([count('a', 0), count('a', 0), count('b', 0)]).toEqual([40, 0, 40]);
    expect([count('a', 1000), count('a', 1050), count('a', 1100), count('a', 60_000)]).toEqual([10, 0, 1, 40]);
    expect([rate.take('a', 60_000), createRequestRate(1).take('c', 0)]).toEqual([1, 0]);
    for (let i = 0; i < 20_000; i++) rate.take(`client ${i}`, 60_000);
    expect(rate.clients).toBe(10_000);
  });
});

describe('the cache of pictures', () => {
  const picture = (size: number) => async () => new Uint8Array(size);

  it('keeps what was used last, within its bytes', async () => {
    const cache = createAnswerCache(3000);
    await cache.get('a', picture(500), never);
    await cache.get('b', picture(500), never);
    const fail = () => Promise.reject(new Error('made again'));
    await cache.get('a', fail, never);
    await cache.get('c', picture(500), never);
    expect(cache.bytes).toBeLessThanOrEqual(3000);
    await cache.get('a', fail, never);
    await expect(cache.get('b', fail, never)).rejects.toThrow('made again');
    // Failures are not kept, nor what is larger than all there is.
    expect((await cache.get('b', picture(9000), never)).length).toBe(9000);
    await cache.get('a', fail, never);
  });

  it('makes a picture once for all who wait, and stops when the last has gone', async () => {
    const cache = createAnswerCache(10_000);
    let made = 0;
    let stopped: AbortSignal | undefined;
    const hang = (signal: AbortSignal) => {
      made++;
      stopped = signal;
      return new Promise<Uint8Array>((_, reject) =>
        signal.addEventListener('abort', () => reject(new Error('stopped'))),
      );
    };
    const [one, two] = [new AbortController(), new AbortController()];
    const both = [cache.get('a', hang, one.signal), cache.get('a', hang, two.signal)];
    one.abort();
    await expect(both[0]).rejects.toThrow(AbortedError);
    expect([made, stopped?.aborted]).toEqual([1, false]);
    two.abort();
    await expect(both[1]).rejects.toThrow(AbortedError);
    expect(stopped?.aborted).toBe(true);
    await settle();
    expect((await cache.get('a', picture(3), never)).length).toBe(3);
  });
});
