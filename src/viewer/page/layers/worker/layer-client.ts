import type { Answers, FromWorker, Question, ToWorker } from './messages.ts';

/** The page's side of the worker that draws layers. */
export interface LayerClient {
  /** @throws Error with what the worker says; `signal.reason` when it aborts */
  ask<Q extends Question>(question: Q, signal?: AbortSignal): Promise<Answers[Q['ask']]>;
  /** Gives the memory of a layer back. */
  forget(layer: string): void;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** @param worker what messages go to; the page has one for all panes */
export function createLayerClient(worker: Pick<Worker, 'postMessage' | 'addEventListener'>): LayerClient {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const send = (message: ToWorker) => worker.postMessage(message);
  worker.addEventListener('message', (event) => {
    const message = (event as MessageEvent<FromWorker>).data;
    const asked = waiting.get(message.job);
    waiting.delete(message.job);
    if ('error' in message) asked?.reject(new Error(message.error));
    else if (asked === undefined) closePicture(message.answer);
    else asked.resolve(message.answer as never);
  });
  worker.addEventListener('error', (event) => {
    const reason = new Error(
      `The worker that draws layers failed: ${(event as ErrorEvent).message ?? 'it did not start'}`,
    );
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
          send({ kind: 'cancel', job });
          reject(signal.reason);
        });
        send({ kind: 'ask', job, question });
      }),
    forget: (layer) => send({ kind: 'forget', layer }),
  };
}

/** A tile that came too late holds memory outside of the page's heap. */
function closePicture(answer: FromWorker extends infer M ? (M extends { answer: infer A } ? A : never) : never): void {
  if (answer !== null && typeof answer === 'object' && 'close' in answer) answer.close();
}
