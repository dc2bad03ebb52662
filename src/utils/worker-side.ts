/** The worker's half of `worker-pool.ts`. A worker file calls `serveJobs` once and does nothing else at its top level. */
import { parentPort } from 'node:worker_threads';
import { packError, type TransferredError } from './error-transfer.ts';

/** What a worker says: that it is ready, or how its one job ended. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly error: TransferredError };

/** Structured clone copies buffers; those named by `withTransfer` move instead. */
class Transferred<T> {
  readonly value: T;
  readonly buffers: readonly ArrayBuffer[];
  constructor(value: T, buffers: readonly ArrayBuffer[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

/** A result whose `buffers` move to the caller without a copy; the worker can't use them afterwards. */
export function withTransfer<T>(value: T, buffers: readonly ArrayBuffer[]): T | Transferred<T> {
  return new Transferred(value, buffers);
}

/** Answers each job with what `handler` returns or throws. Jobs come one at a time. @throws Error outside a worker */
export function serveJobs<Job, Result>(
  handler: (job: Job) => Result | Transferred<Result> | Promise<Result | Transferred<Result>>,
): void {
  const port = parentPort;
  if (!port) throw new Error('expected serveJobs to be called in a worker thread');
  const send = (message: WorkerMessage, buffers: readonly ArrayBuffer[] = []) =>
    port.postMessage(message, [...buffers]);
  port.on('message', async (job: Job) => {
    try {
      const result = await handler(job);
      if (result instanceof Transferred) send({ kind: 'result', result: result.value }, result.buffers);
      else send({ kind: 'result', result });
    } catch (error) {
      send({ kind: 'error', error: packError(error) });
    }
  });
  send({ kind: 'ready' });
}
