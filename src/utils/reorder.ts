import { checkInteger } from './options.ts';

/** What `reorder` needs of a worker pool; a `WorkerPool` fits. */
export interface JobRunner<Job, Result> {
  run(
    jobs: AsyncIterable<Job>,
    options: {
      onResult(result: Result, job: Job): void;
      /** Called when a failure is about to end the run. */
      onStop(): void;
      getTransfer?(job: Job): readonly ArrayBuffer[];
      signal?: AbortSignal;
    },
  ): Promise<void>;
}

export interface ReorderOptions<Job> {
  /**
   * Jobs that are begun and whose results the caller has not dealt with, at most: the bound on memory. Workers go idle
   * when one job takes as long as `window` of its followers, so twice the number of workers or more.
   */
  window: number;
  signal?: AbortSignal | undefined;
  /** As of a worker pool's run. */
  getTransfer?(job: Job): readonly ArrayBuffer[];
}

/**
 * Runs jobs in whatever order workers end them and yields them with their results in their own order. A slow consumer, or
 * one slow job, holds back those that follow: no job is handed out more than `window` ahead of the result that is due.
 *
 * The first failure ends it, after the results before it. Whoever leaves the loop early waits for the jobs at work.
 * Each job is an object of its own.
 * @throws what the run throws
 */
export async function* reorder<Job extends object, Result>(
  pool: JobRunner<Job, Result>,
  jobs: Iterable<Job> | AsyncIterable<Job>,
  { window, signal, getTransfer }: ReorderOptions<Job>,
): AsyncGenerator<{ readonly job: Job; readonly result: Result }, void, undefined> {
  checkInteger('window', window, { min: 1 });
  const state = new Window<Job, Result>(window);
  const options = {
    onResult: (result: Result, job: Job) => state.put(job, result),
    // The window would wait for the failed job's turn, and the run for the window.
    onStop: () => state.close(),
    ...(signal && { signal }),
    ...(getTransfer && { getTransfer }),
  };
  const run = pool.run(state.admit(jobs), options).then(
    () => state.end(undefined),
    (error: unknown) => state.end({ error }),
  );
  try {
    for (;;) {
      const due = await state.take();
      if (!due) return;
      yield due;
      state.advance();
    }
  } finally {
    state.close();
    await run;
  }
}

/** Places are counted from 0 in the order of the jobs; `#due` is the one whose result the consumer gets next. */
class Window<Job extends object, Result> {
  readonly #size: number;
  readonly #places = new Map<Job, number>();
  readonly #held = new Map<number, { readonly job: Job; readonly result: Result }>();
  #begun = 0;
  #due = 0;
  #closed = false;
  #ended: { readonly failure: { readonly error: unknown } | undefined } | undefined;
  #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  async *admit(jobs: Iterable<Job> | AsyncIterable<Job>): AsyncGenerator<Job, void, undefined> {
    for await (const job of jobs) {
      while (!this.#closed && this.#begun - this.#due >= this.#size) await this.#change();
      if (this.#closed) return;
      this.#places.set(job, this.#begun++);
      yield job;
    }
  }

  put(job: Job, result: Result): void {
    const place = this.#places.get(job);
    if (place === undefined) throw new TypeError('a result came for a job that was not handed out, or came twice');
    this.#places.delete(job);
    this.#held.set(place, { job, result });
    this.#wake();
  }

  /** The result that is due, `undefined` when there are no more. */
  async take(): Promise<{ readonly job: Job; readonly result: Result } | undefined> {
    for (;;) {
      const due = this.#held.get(this.#due);
      if (due) return due;
      if (this.#ended?.failure) throw this.#ended.failure.error;
      if (this.#ended) return undefined;
      await this.#change();
    }
  }

  /** The consumer has dealt with the result that was due. */
  advance(): void {
    this.#held.delete(this.#due++);
    this.#wake();
  }

  end(failure: { readonly error: unknown } | undefined): void {
    this.#ended = { failure };
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
