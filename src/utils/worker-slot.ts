/**
 * One place of a worker pool: a thread that is started when it is first needed and replaced after it died. It does one job
 * at a time. An idle thread does not keep the process alive.
 */
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { unpackError } from './error-transfer.ts';
import { WorkerError } from './errors.ts';
import type { WorkerMessage } from './worker-side.ts';

export interface ThreadSettings {
  readonly entry: URL;
  readonly workerData: unknown;
  readonly resourceLimits: ResourceLimits | undefined;
}

/** The thread died during a job; the job may have better luck in a new one. */
export class WorkerCrash extends Error {
  /** False when the thread never came up: then no job will have better luck. */
  readonly wasReady: boolean;
  constructor(message: string, wasReady: boolean, cause?: unknown) {
    super(message, { cause });
    this.wasReady = wasReady;
  }
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class WorkerSlot {
  readonly #settings: ThreadSettings;
  #worker: Worker | undefined;
  #ready = false;
  #pending: Pending | undefined;

  constructor(settings: ThreadSettings) {
    this.#settings = settings;
  }

  /** Starts the thread ahead of its first job, which then need not wait for it. */
  start(): void {
    if (!this.#worker) this.#startWorker().unref();
  }

  /** The job's result; buffers in `transfer` move to the thread. Rejects with the handler's error, or with `WorkerCrash`. */
  perform(job: unknown, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    const worker = this.#worker ?? this.#startWorker();
    return new Promise<unknown>((resolve, reject) => {
      this.#pending = { resolve, reject };
      worker.ref();
      worker.postMessage(job, [...transfer]);
    }).finally(() => {
      this.#pending = undefined;
      worker.unref();
    });
  }

  /** Ends the thread and waits for it; a job in it is rejected. */
  async terminate(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
    this.#pending?.reject(new WorkerError('the pool was closed during a job'));
  }

  #startWorker(): Worker {
    const { entry, workerData, resourceLimits } = this.#settings;
    // Without the flags of the process: some (`--input-type`, of `node -e`) make a worker fail at its start.
    const worker = new Worker(entry, { workerData, execArgv: [], ...(resourceLimits ? { resourceLimits } : {}) });
    this.#worker = worker;
    this.#ready = false;
    let cause: unknown;
    worker.on('message', (message: WorkerMessage) => this.#receive(message));
    worker.on('messageerror', (error) => this.#pending?.reject(error));
    worker.on('error', (error) => {
      cause = error;
    });
    // 'exit' is always the last event; by then the memory of the thread is free.
    worker.on('exit', (code) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      const why = cause instanceof Error ? cause.message : `it exited with code ${code}`;
      this.#pending?.reject(new WorkerCrash(why, this.#ready, cause));
    });
    return worker;
  }

  #receive(message: WorkerMessage): void {
    if (message.kind === 'ready') this.#ready = true;
    else if (message.kind === 'result') this.#pending?.resolve(message.result);
    else this.#pending?.reject(unpackError(message.error));
  }
}
