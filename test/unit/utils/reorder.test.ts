import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type JobRunner, reorder } from '../../../src/utils/reorder.ts';
import type { WorkerPool } from '../../../src/utils/worker-pool.ts';

interface Job {
  readonly place: number;
  readonly delay: number;
}

/** Runs like the worker pool: lanes that pull, results handed over as they come, a failure after those at work. */
function createPool(workers: number, fails: (job: Job) => boolean = () => false) {
  const log = { running: 0, most: 0, started: [] as number[], ended: [] as number[] };
  const pool: JobRunner<Job, number> = {
    async run(jobs, { onResult, onStop }) {
      const iterator = jobs[Symbol.asyncIterator]();
      let failure: Error | undefined;
      let turn: Promise<unknown> = Promise.resolve();
      const pull = () => {
        const next = turn.then(() => (failure ? { done: true as const, value: undefined } : iterator.next()));
        turn = next;
        return next;
      };
      const lane = async () => {
        for (;;) {
          const next = await pull();
          if (next.done) return;
          const job = next.value;
          log.started.push(job.place);
          log.most = Math.max(log.most, ++log.running);
          for (let i = 0; i < job.delay; i++) await sleep(0);
          log.running--;
          log.ended.push(job.place);
          if (fails(job)) {
            failure ??= new Error(`job ${job.place}`);
            onStop();
          } else onResult(job.place, job);
        }
      };
      await Promise.all(Array.from({ length: workers }, lane));
      if (failure) throw failure;
    },
  };
  return { pool, log };
}

function createJobs(delays: readonly number[]): Job[] {
  return delays.map((delay, place) => ({ place, delay }));
}

async function collect(results: AsyncIterable<{ job: Job; result: number }>): Promise<number[]> {
  const all: number[] = [];
  for await (const { job, result } of results) {
    expect(result).toBe(job.place);
    all.push(result);
  }
  return all;
}

describe('reorder', () => {
  it('gives results in the order of the jobs, whatever order they end in', async () => {
    const delays = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 30 });
    const size = fc.integer({ min: 1, max: 6 });
    await fc.assert(
      fc.asyncProperty(delays, size, size, async (list, workers, window) => {
        const { pool } = createPool(workers);
        expect(await collect(reorder(pool, createJobs(list), { window }))).toEqual(list.map((_, i) => i));
      }),
      { seed: 3, numRuns: 50 },
    );
  });

  it('hands out no job more than the window ahead of the one that is due, though that one is slow', async () => {
    const { pool, log } = createPool(4);
    const jobs = createJobs([60, ...Array(30).fill(0)]);
    const results = reorder(pool, jobs, { window: 6 });
    const first = results.next();
    await sleep(20);
    expect(log.started).toEqual([0, 1, 2, 3, 4, 5]);
    expect(log.ended).not.toContain(0);
    expect((await first).value).toMatchObject({ result: 0 });
    expect(await collect(results)).toHaveLength(30);
    // They did overtake: what is tested is not a queue of one.
    expect(log.ended.indexOf(0)).toBeGreaterThan(3);
  });

  it('holds back while its consumer is slow', async () => {
    const { pool, log } = createPool(2);
    const results = reorder(pool, createJobs(Array(20).fill(0)), { window: 3 });
    await results.next();
    await sleep(20);
    // The first result is still in the consumer's hands, so it counts.
    expect(log.started).toEqual([0, 1, 2]);
    await results.next();
    await sleep(20);
    expect(log.started).toEqual([0, 1, 2, 3]);
    expect(await collect(results)).toHaveLength(18);
  });

  it('fails after the results before the failure, and no job is at work then', async () => {
    const { pool, log } = createPool(3, ({ place }) => place === 4);
    const seen: number[] = [];
    const run = async () => {
      const jobs = createJobs([5, 1, 3, 1, 1, 4, 9, 9, 1, 1, 1, 1]);
      for await (const { result } of reorder(pool, jobs, { window: 4 })) seen.push(result);
    };
    await expect(run()).rejects.toThrow('job 4');
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(log.running).toBe(0);
  });

  it('fails where the window is full of results that wait for the job that failed', async () => {
    const { pool, log } = createPool(3, ({ place }) => place === 0);
    const failing = collect(reorder(pool, createJobs([30, ...Array(20).fill(0)]), { window: 4 }));
    await expect(failing).rejects.toThrow('job 0');
    expect(log.started).toEqual([0, 1, 2, 3]);
  });

  it('left early waits for the jobs at work and starts no more', async () => {
    const { pool, log } = createPool(2);
    for await (const { result } of reorder(pool, createJobs(Array(50).fill(3)), { window: 4 })) {
      if (result === 2) break;
    }
    expect(log.running).toBe(0);
    expect(log.started.length).toBeLessThanOrEqual(7);
    const { length } = log.started;
    await sleep(10);
    expect(log.started).toHaveLength(length);
  });

  it('takes the worker pool', () => {
    expectTypeOf<WorkerPool<Job, number>>().toExtend<JobRunner<Job, number>>();
  });

  it('passes on what the jobs throw', async () => {
    async function* jobs(): AsyncGenerator<Job> {
      yield { place: 0, delay: 0 };
      throw new Error('no more jobs');
    }
    await expect(collect(reorder(createPool(2).pool, jobs(), { window: 4 }))).rejects.toThrow('no more jobs');
  });
});
