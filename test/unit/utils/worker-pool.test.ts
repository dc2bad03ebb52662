import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { AbortedError, TileError, WorkerError } from '../../../src/utils/errors.ts';
import { createPool, type PoolOptions } from '../../../src/utils/worker-pool.ts';
import { compileUtils } from './fixtures/compiled.ts';
import { useScratch } from './fixtures/scratch.ts';

interface Job {
  action: string;
  value?: number;
  ms?: number;
  flag?: string;
  spare?: ArrayBuffer[];
}
interface Result {
  value: number;
  threadId: number;
}

const scratch = useScratch();
const utils = compileUtils('worker-side');
const entry = new URL('./fixtures/worker.mjs', import.meta.url);
const open = (options: Partial<PoolOptions> = {}) =>
  createPool<Job, Result>({ entry, size: 2, workerData: { utils }, ...options });
const jobs = (count: number, job: Job): Job[] => Array.from({ length: count }, (_, value) => ({ ...job, value }));

test('every job is done once, by all workers, which stay for the next run', async () => {
  await using pool = open();
  const threads = new Set<number>();
  for (let round = 0; round < 3; round++) {
    const values: number[] = [];
    await pool.run(jobs(200, { action: 'double' }), {
      onResult({ value, threadId }, job) {
        expect(value).toBe((job.value ?? 0) * 2);
        values.push(value);
        threads.add(threadId);
      },
    });
    expect(values.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i * 2));
  }
  expect(threads.size).toBe(2);
});

test('threads that are started ahead are those that do the jobs', async () => {
  await using pool = open();
  const started = new Set<number>();
  const note = (worker: Worker) => started.add(worker.threadId);
  process.on('worker', note);
  pool.start();
  pool.start();
  await sleep(0);
  process.off('worker', note);
  expect(started.size).toBe(2);
  await pool.run(jobs(20, { action: 'double' }), {
    onResult({ threadId }) {
      expect(started).toContain(threadId);
    },
  });
});

test('nothing queues: jobs taken from the iterable are those at work, also while results are handled slowly', async () => {
  await using pool = open();
  let taken = 0;
  let finished = 0;
  let most = 0;
  async function* source() {
    for (const job of jobs(30, { action: 'double' })) {
      taken++;
      most = Math.max(most, taken - finished);
      yield job;
    }
  }
  await pool.run(source(), {
    async onResult() {
      await sleep(3);
      finished++;
    },
  });
  expect(finished).toBe(30);
  expect(most).toBe(2);
});

test('two runs side by side share the workers', async () => {
  await using pool = open();
  const counts = [0, 0];
  const run = (i: number) => pool.run(jobs(20, { action: 'wait', ms: 1 }), { onResult: () => void counts[i]!++ });
  await Promise.all([run(0), run(1)]);
  expect(counts).toEqual([20, 20]);
});

test('a slideloom error arrives with class, fields and cause; the others go on', async () => {
  await using pool = open();
  const failures: [Error, Job][] = [];
  let done = 0;
  await pool.run(
    [{ action: 'double', value: 1 }, { action: 'tile' }, { action: 'bug' }, { action: 'double', value: 2 }],
    {
      onResult: () => void done++,
      onFailure: (error, job) => void failures.push([error, job]),
    },
  );
  expect(done).toBe(2);
  expect(failures).toHaveLength(2);
  const tile = failures.find(([, job]) => job.action === 'tile')?.[0];
  expect(tile).toBeInstanceOf(TileError);
  expect(tile).toMatchObject({ slide: 'a.svs', level: 1, col: 2, row: 3, cause: { tag: 'codec', codec: 'jpeg' } });
  expect(failures.find(([, job]) => job.action === 'bug')?.[0]).toMatchObject({
    name: 'RangeError',
    message: 'a plain bug',
  });
});

test('without onFailure, or when it throws, the first failure ends the run', async () => {
  await using pool = open();
  let taken = 0;
  // What the other worker does meanwhile takes its time, so that it can't do much before the failure is known.
  function* endless(): Generator<Job> {
    for (;;)
      yield taken++ === 10 ? { action: 'tile' } : { action: taken > 10 ? 'wait' : 'double', ms: 100, value: taken };
  }
  await expect(pool.run(endless(), { onResult: () => undefined })).rejects.toBeInstanceOf(TileError);
  expect(taken).toBeLessThan(50);
  const onFailure = (error: Error) => {
    throw new Error('policy: fail', { cause: error });
  };
  await expect(pool.run([{ action: 'tile' }], { onResult: () => undefined, onFailure })).rejects.toThrow(
    'policy: fail',
  );
  const onResult = () => {
    throw new Error('the journal is full');
  };
  await expect(pool.run(jobs(9, { action: 'double' }), { onResult })).rejects.toThrow('the journal is full');
});

test('an item whose worker died is tried once more, in a new worker', async () => {
  await using pool = open({ size: 1 });
  const values: number[] = [];
  const flag = join(scratch(), 'died');
  await pool.run(
    [
      { action: 'exitOnce', flag, value: 5 },
      { action: 'double', value: 4 },
    ],
    {
      onResult: (result) => void values.push(result.value),
    },
  );
  expect(existsSync(flag)).toBe(true);
  expect(values).toEqual([5, 8]);
});

test('buffers move with a job once; a second try does without them', async () => {
  await using pool = open();
  const spare = [new ArrayBuffer(1000)];
  const job = { action: 'exitOnce', flag: join(scratch(), 'moved'), value: 5, spare };
  const asked: number[] = [];
  const results: unknown[] = [];
  await pool.run([job], {
    onResult: (result) => void results.push(result),
    getTransfer({ spare: buffers = [] }: Job) {
      buffers.splice(0, buffers.length, ...buffers.filter(({ byteLength }) => byteLength > 0));
      asked.push(buffers.length);
      return buffers;
    },
  });
  expect(asked).toEqual([1, 0]);
  expect(results).toMatchObject([{ value: 5, spare: 0 }]);
});

test.each([
  ['exit', 'it exited with code 3'],
  ['uncaught', 'out of the blue'],
])('an item that kills its worker twice (%s) is a WorkerError, and the others go on', async (action, why) => {
  await using pool = open();
  const failures: Error[] = [];
  let done = 0;
  await pool.run([{ action }, ...jobs(10, { action: 'double' })], {
    onResult: () => void done++,
    onFailure: (error) => void failures.push(error),
  });
  expect(done).toBe(10);
  expect(failures).toHaveLength(1);
  expect(failures[0]).toBeInstanceOf(WorkerError);
  expect(failures[0]?.message).toBe(`a worker died twice over the same item: ${why}`);
});

test('a worker beyond its memory limit is replaced, and the error says what to do', async () => {
  await using pool = open({ size: 1, resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 } });
  const failures: Error[] = [];
  let done = 0;
  await pool.run([{ action: 'hog' }, { action: 'double', value: 1 }], {
    onResult: () => void done++,
    onFailure: (error) => void failures.push(error),
  });
  expect(done).toBe(1);
  expect(failures[0]).toMatchObject({ tag: 'worker', hint: expect.stringContaining('report') });
});

test('a job or a result that can not be cloned fails alone', async () => {
  await using pool = open({ size: 1 });
  const failures: string[] = [];
  let done = 0;
  const bad = { action: 'double', value: () => 1 } as unknown as Job;
  await pool.run([bad, { action: 'uncloneable' }, { action: 'double', value: 1 }], {
    onResult: () => void done++,
    onFailure: (error) => void failures.push(error.name),
  });
  expect({ done, failures }).toEqual({ done: 1, failures: ['DataCloneError', 'DataCloneError'] });
});

test('results may move their buffers', async () => {
  await using pool = createPool<Job, { bytes: Uint8Array; before: number }>({ entry, size: 1, workerData: { utils } });
  let total = 0;
  await pool.run([{ action: 'pixels', value: 1000 }], {
    onResult({ bytes }) {
      total = bytes.reduce((sum, byte) => sum + byte, 0);
    },
  });
  expect(total).toBe(7000);
});

test('an abort starts nothing more, hands over what is at work, closes the iterable, and is an AbortedError', async () => {
  await using pool = open();
  const controller = new AbortController();
  let handed = 0;
  let closed = false;
  function* source() {
    try {
      for (;;) yield { action: 'wait', ms: 5, value: 1 };
    } finally {
      closed = true;
    }
  }
  const run = pool.run(source(), {
    signal: controller.signal,
    onResult() {
      if (++handed === 4) controller.abort(new AbortedError('stopped by SIGINT'));
    },
  });
  await expect(run).rejects.toThrow('stopped by SIGINT');
  expect(handed).toBeGreaterThanOrEqual(4);
  expect(handed).toBeLessThanOrEqual(6);
  expect(closed).toBe(true);
  const already = pool.run([{ action: 'double' }], { signal: AbortSignal.abort('why'), onResult: () => undefined });
  await expect(already).rejects.toMatchObject({ tag: 'aborted', cause: 'why' });
});

test('a fault of the iterable ends the run with it', async () => {
  await using pool = open();
  function* source(): Generator<Job> {
    yield { action: 'double', value: 1 };
    throw new Error('the plan broke');
  }
  let done = 0;
  await expect(pool.run(source(), { onResult: () => void done++ })).rejects.toThrow('the plan broke');
  expect(done).toBe(1);
});

test('close ends workers at once, jobs in them too; a closed pool refuses', async () => {
  const pool = open();
  const run = pool.run(jobs(4, { action: 'block', ms: 60_000 }), { onResult: () => undefined });
  const outcome = expect(run).rejects.toThrow('the pool was closed during a job');
  await sleep(300);
  await pool.close();
  await outcome;
  await pool.close();
  await expect(pool.run(jobs(1, { action: 'double' }), { onResult: () => undefined })).rejects.toThrow(
    'the pool is closed',
  );
});

test('a worker that can not start ends the run at once, even where failures are borne', async () => {
  const missing = new URL('./fixtures/no-such-worker.mjs', import.meta.url);
  await using pool = open({ entry: missing });
  let failures = 0;
  let stops = 0;
  const run = pool.run(jobs(1000, { action: 'double' }), {
    onResult: () => undefined,
    onFailure: () => void failures++,
    onStop: () => void stops++,
  });
  await expect(run).rejects.toMatchObject({ tag: 'worker', message: expect.stringContaining("a worker can't start") });
  expect(failures).toBe(0);
  expect(stops).toBeGreaterThan(0);
});

test('the number of workers is checked', () => {
  expect(() => open({ size: 0 })).toThrow('`workers`');
});
