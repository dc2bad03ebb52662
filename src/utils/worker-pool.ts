/**
 * Persistent worker threads that pull jobs. A free worker takes the next job from the iterable, and its result is handed
 * over before it takes another: nothing queues, so memory is that of `size` jobs however many there are. A pool serves any
 * number of runs, one after another or side by side.
 *
 * A worker that dies (a crash, `process.exit`, its memory limit) is replaced and its job tried once more in the new one.
 * An error that the job's handler throws is not retried: it would be thrown again.
 */
import { availableParallelism } from 'node:os';
import type { ResourceLimits } from 'node:worker_threads';
import { AbortedError, WorkerError } from './errors.ts';
import { trackOpen } from './open-handles.ts';
import { checkInteger } from './options.ts';
import { WorkerCrash, WorkerSlot } from './worker-slot.ts';

export interface PoolOptions {
  /** The worker's file; it calls `serveJobs`. */
  entry: URL;
  /** Threads. Default: one a core. */
  size?: number;
  /** Handed to each worker once. Shared memory in it is shared, not copied. */
  workerData?: unknown;
  /** V8 limits of each worker; a worker that goes beyond counts as crashed. */
  resourceLimits?: ResourceLimits;
}

export interface PoolRunOptions<Job, Result> {
  /** Called with each result as it comes, in no order. The worker waits for it. A throw ends the run. */
  onResult(result: Result, job: Job): void | Promise<void>;
  /**
   * Called with what a job's handler threw, or with `WorkerError` when its worker died twice; the other jobs go on unless
   * it throws. Without it the first failure ends the run.
   */
  onFailure?: (error: Error, job: Job) => void | Promise<void>;
  /** Buffers of a job that move to its worker. Asked before each try; those of an earlier try are gone by then. */
  getTransfer?(job: Job): readonly ArrayBuffer[];
  /** Called when the run is about to end early: an iterable that waits for results must wait no longer. */
  onStop?: () => void;
  signal?: AbortSignal;
}

export interface WorkerPool<Job, Result> extends AsyncDisposable {
  readonly size: number;
  /**
   * Resolves when every job is done. When the run ends early (abort, a throw, a fault of the iterable) no job is started
   * any more, those at work are awaited and their results handed over, and then it rejects.
   * @throws AbortedError; WorkerError where a worker can't start; whatever a callback or the iterable threw
   */
  run(jobs: Iterable<Job> | AsyncIterable<Job>, options: PoolRunOptions<Job, Result>): Promise<void>;
  /** Starts the threads now, rather than with their first jobs. */
  start(): void;
  /** Ends the threads, at once, and waits for them. May be called twice. */
  close(): Promise<void>;
}

/** Threads start with their first job. Whoever creates a pool closes it */
export function createPool<Job, Result>(options: PoolOptions): WorkerPool<Job, Result> {
  return new ThreadPool<Job, Result>(options);
}

class ThreadPool<Job, Result> implements WorkerPool<Job, Result> {
  readonly size: number;
  readonly #slots: readonly WorkerSlot[];
  readonly #free: WorkerSlot[];
  readonly #waiting: ((slot: WorkerSlot) => void)[] = [];
  readonly #untrack: () => void;
  #closed = false;

  constructor(options: PoolOptions) {
    const { entry } = options;
    this.size = checkInteger('workers', options.size ?? availableParallelism(), { min: 1 });
    const settings = { entry, workerData: options.workerData, resourceLimits: options.resourceLimits };
    this.#slots = Array.from({ length: this.size }, () => new WorkerSlot(settings));
    this.#free = [...this.#slots];
    this.#untrack = trackOpen(this, 'worker pool', entry.pathname);
  }

  async run(jobs: Iterable<Job> | AsyncIterable<Job>, options: PoolRunOptions<Job, Result>): Promise<void> {
    this.#checkOpen();
    const source = new JobSource(jobs, options.signal);
    const lane = async () => {
      for (;;) {
        // The job first: whoever waits for one must not keep a worker from another run.
        const next = await source.next();
        if (next.done) return;
        const slot = await this.#takeSlot();
        try {
          await this.#deliver(slot, next.value, options);
        } catch (error) {
          source.stop(error);
          options.onStop?.();
        } finally {
          this.#giveBack(slot);
        }
      }
    };
    await Promise.all(this.#slots.map(lane));
    await source.end();
  }

  start(): void {
    this.#checkOpen();
    for (const slot of this.#slots) slot.start();
  }

  async close(): Promise<void> {
    if (!this.#closed) this.#untrack();
    this.#closed = true;
    await Promise.all(this.#slots.map((slot) => slot.terminate()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #deliver(slot: WorkerSlot, job: Job, options: PoolRunOptions<Job, Result>): Promise<void> {
    let result: Result;
    try {
      result = (await this.#perform(slot, job, options)) as Result;
    } catch (error) {
      // A worker that can't even start ends the run: every other job would fail alike.
      if (error instanceof WorkerCrash)
        throw new WorkerError(`a worker can't start: ${error.message}`, { cause: error });
      const failure = error instanceof Error ? error : new WorkerError(String(error));
      if (!options.onFailure || this.#closed) throw failure;
      return options.onFailure(failure, job);
    }
    await options.onResult(result, job);
  }

  /** Tries a job again in a new worker when the first one died. Throws `WorkerCrash` only for one that never came up. */
  async #perform(slot: WorkerSlot, job: Job, { signal, getTransfer }: PoolRunOptions<Job, Result>): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      this.#checkOpen();
      try {
        return await slot.perform(job, getTransfer?.(job));
      } catch (error) {
        if (!(error instanceof WorkerCrash) || !error.wasReady) throw error;
        if (attempt === 2 || signal?.aborted) throw createCrashError(error, attempt);
      }
    }
  }

  async #takeSlot(): Promise<WorkerSlot> {
    return this.#free.pop() ?? new Promise<WorkerSlot>((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(slot: WorkerSlot): void {
    const next = this.#waiting.shift();
    if (next) next(slot);
    else this.#free.push(slot);
  }

  #checkOpen(): void {
    if (this.#closed) throw new WorkerError('the pool is closed');
  }
}

/** Hands out the jobs of one run, one at a time, until they end, the run is stopped, or the signal fires. */
class JobSource<Job> {
  readonly #iterator: Iterator<Job> | AsyncIterator<Job>;
  readonly #signal: AbortSignal | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #exhausted = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(jobs: Iterable<Job> | AsyncIterable<Job>, signal: AbortSignal | undefined) {
    this.#iterator = Symbol.asyncIterator in jobs ? jobs[Symbol.asyncIterator]() : jobs[Symbol.iterator]();
    this.#signal = signal;
  }

  /** Calls follow each other, as an iterator need not bear two at once. */
  next(): Promise<IteratorResult<Job, unknown>> {
    const result = this.#turn.then(() => this.#pull());
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** The first error counts; those that follow from it do not. */
  stop(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Tells the iterator that no more is wanted, and throws what stopped the run. */
  async end(): Promise<void> {
    if (!this.#exhausted) await this.#iterator.return?.();
    if (this.#failure) throw this.#failure.error;
    if (this.#signal?.aborted && !this.#exhausted) throw createAbortError(this.#signal);
  }

  async #pull(): Promise<IteratorResult<Job, unknown>> {
    if (this.#exhausted || this.#failure || this.#signal?.aborted) return { done: true, value: undefined };
    try {
      const next = await this.#iterator.next();
      if (next.done) this.#exhausted = true;
      return next;
    } catch (error) {
      this.#exhausted = true;
      this.stop(error);
      return { done: true, value: undefined };
    }
  }
}

function createAbortError(signal: AbortSignal): AbortedError {
  const { reason } = signal;
  return reason instanceof AbortedError ? reason : new AbortedError('the run was stopped', { cause: reason });
}

function createCrashError(crash: WorkerCrash, attempts: number): WorkerError {
  const memory = (crash.cause as { code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const hint = memory
    ? 'it needs more objects than a worker may hold: please report it, with `slideloom info`'
    : undefined;
  const message = `a worker died ${attempts === 1 ? 'once' : 'twice'} over the same item: ${crash.message}`;
  return new WorkerError(message, hint === undefined ? { cause: crash } : { cause: crash, hint });
}
