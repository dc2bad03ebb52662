import { describe, expect, it } from 'vitest';
import { createJobQueue } from '../../../../../src/viewer/page/layers/worker/job-queue.ts';
import { createLayerClient } from '../../../../../src/viewer/page/layers/worker/layer-client.ts';
import { remember } from '../../../../../src/viewer/page/layers/worker/load-layer.ts';
import type { FromWorker, Question, ToWorker } from '../../../../../src/viewer/page/layers/worker/messages.ts';

const QUESTION = {
  ask: 'find',
  layer: 'slide/patches/1',
  files: { kind: 'patches', boxes: 'b', columns: [], count: 1 },
  ...{ x: 1, y: 2, hidden: [] },
} as const satisfies Question;

/** A worker that answers when the test says so. */
function createFakeWorker() {
  const asked: ToWorker[] = [];
  const listeners = new Map<string, (event: unknown) => void>();
  const worker = {
    postMessage: (message: ToWorker) => void asked.push(message),
    addEventListener: (name: string, listener: (event: never) => void) =>
      void listeners.set(name, listener as (event: unknown) => void),
  };
  const client = createLayerClient(worker);
  const answer = (data: FromWorker) => listeners.get('message')?.({ data });
  return { asked, client, answer, fail: (message: string) => listeners.get('error')?.({ message }) };
}

describe('the queue of the worker', () => {
  it('takes urgent jobs first, leaves cancelled ones out, and goes on after it was empty', async () => {
    const done: string[] = [];
    const queue = createJobQueue<string>(
      async (_, work) => void done.push(work),
      () => new Promise((resolve) => setImmediate(resolve)),
    );
    queue.add(1, 'tile 1', false);
    queue.add(2, 'tile 2', false);
    queue.add(3, 'tile 3', false);
    queue.add(4, 'click', true);
    queue.cancel(2);
    await expect.poll(() => done).toEqual(['click', 'tile 1', 'tile 3']);
    queue.add(5, 'tile 5', false);
    await expect.poll(() => done.length).toBe(4);
  });
});

describe('the page asks the worker', () => {
  it('and each answer finds its question', async () => {
    const { client, answer, asked } = createFakeWorker();
    const [one, other] = [client.ask(QUESTION), client.ask({ ...QUESTION, x: 9 })];
    answer({ job: 2, answer: [7] });
    answer({ job: 1, answer: [3, 4] });
    expect(await one).toEqual([3, 4]);
    expect(await other).toEqual([7]);
    expect(asked.map((message) => message.kind)).toEqual(['ask', 'ask']);
  });

  it('and takes a question back; a picture that comes all the same is closed', async () => {
    const { client, answer, asked } = createFakeWorker();
    const leaving = new AbortController();
    const asking = client.ask(QUESTION, leaving.signal);
    leaving.abort(new Error('gone'));
    await expect(asking).rejects.toThrow('gone');
    expect(asked.at(-1)).toEqual({ kind: 'cancel', job: 1 });
    let closed = 0;
    answer({ job: 1, answer: { width: 1, height: 1, close: () => void closed++ } });
    expect(closed).toBe(1);
  });

  it('and hears of what went wrong, also where the worker does not start', async () => {
    const { client, answer, fail } = createFakeWorker();
    const [one, other] = [client.ask(QUESTION), client.ask(QUESTION)];
    answer({ job: 1, error: 'expected 16 bytes' });
    await expect(one).rejects.toThrow('expected 16 bytes');
    fail('blocked');
    await expect(other).rejects.toThrow('The worker that draws layers failed: blocked');
  });
});

describe('what is loaded once', () => {
  it('is loaded again where it failed', async () => {
    let count = 0;
    const load = remember(async (key: number) => {
      count++;
      if (count === 1) throw new Error('away');
      return key * 2;
    });
    await expect(load(3)).rejects.toThrow('away');
    expect(await Promise.all([load(3), load(3)])).toEqual([6, 6]);
    expect(count).toBe(2);
  });
});
