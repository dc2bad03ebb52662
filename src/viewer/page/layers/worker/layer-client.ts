import type { Answers, FromWorker, Question, ToWorker } from './messages.ts';

/** The page's side of the worker that draws layers. */
export interface LayerClient {
  /** @throws Error with what the worker says; `signal.reason` when it aborts */
  ask<Q extends Question>(question: Q, signal?: AbortSignal): Promise<Answers[Q['ask']]>;
  /** Gives the memory of a layer back; it is loaded again for who still asks of it. */
  forget(layer: string): void;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** What of a worker is used. */
export interface WorkerPort {
  postMessage(message: ToWorker): void;
  addEventListener(name: 'message', listener: (event: { readonly data: FromWorker }) => void): void;
  addEventListener(name: 'error', listener: (event: { readonly message?: string }) => void): void;
}

/** @param worker the page has one for all panes */
export function createLayerClient(worker: WorkerPort): LayerClient {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  worker.addEventListener('message', ({ data }) => {
    const asked = waiting.get(data.job);
    waiting.delete(data.job);
    if ('error' in data) asked?.reject(new Error(data.error));
    else if (asked === undefined) closePicture(data.answer);
    else asked.resolve(data.answer as never);
  });
  worker.addEventListener('error', ({ message = 'it did not start' }) => {
    const reason = new Error(`The worker that draws layers failed: ${message}`);
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  });
  return {
    ask: (question, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const job = ++last;
        waiting.set(job, { resolve, reject });
        signal?.addEventListener('abort', () => {
          if (!waiting.delete(job)) return;
          worker.postMessage({ kind: 'cancel', job });
          reject(signal.reason);
        });
        worker.postMessage({ kind: 'ask', job, question });
      }),
    forget: (layer) => worker.postMessage({ kind: 'forget', layer }),
  };
}

/** A tile that came too late holds memory outside of the page's heap. */
function closePicture(answer: Answers[keyof Answers]): void {
  if (answer !== null && typeof answer === 'object' && 'close' in answer) answer.close();
}
