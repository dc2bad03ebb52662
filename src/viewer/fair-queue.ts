import { toAbortError } from '../utils/abort.ts';

/** Work for which there is no place left in the queue. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

export interface FairQueueOptions {
  /** Tasks that run at once. */
  readonly concurrency: number;
  /** Tasks that wait; one more is refused. */
  readonly maxWaiting: number;
}

/** Runs so many tasks at once. Clients take turns, whoever asked for more: one that asks for a thousand tiles delays no other. */
export interface FairQueue {
  /** @throws QueueFullError at once; AbortedError where `signal` fires while it waits; what the task throws */
  run<T>(client: string, task: () => Promise<T>, signal: AbortSignal): Promise<T>;
  readonly waiting: number;
  readonly running: number;
}

interface Waiting {
  readonly start: () => void;
}

export function createFairQueue({ concurrency, maxWaiting }: FairQueueOptions): FairQueue {
  /** Clients in the order of their turns; each has at least one task waiting. */
  const turns = new Map<string, Set<Waiting>>();
  let waiting = 0;
  let running = 0;

  function startNext(): void {
    const [next] = turns;
    if (!next || running >= concurrency) return;
    const [client, tasks] = next;
    const [task] = tasks;
    if (!task) return;
    leave(client, task);
    // To the end of the round, where it waits for more.
    if (turns.delete(client) && tasks.size > 0) turns.set(client, tasks);
    running++;
    task.start();
  }

  function leave(client: string, task: Waiting): boolean {
    const tasks = turns.get(client);
    if (!tasks?.delete(task)) return false;
    waiting--;
    if (tasks.size === 0) turns.delete(client);
    return true;
  }

  function takeTurn(client: string, signal: AbortSignal): Promise<void> {
    if (running >= concurrency && waiting >= maxWaiting)
      throw new QueueFullError(`${waiting} requests wait to be served`);
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        if (leave(client, task)) reject(toAbortError(signal.reason));
      };
      const task: Waiting = {
        start() {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const tasks = turns.get(client) ?? new Set();
      turns.set(client, tasks.add(task));
      waiting++;
      signal.addEventListener('abort', onAbort, { once: true });
      startNext();
    });
  }

  return {
    async run(client, task, signal) {
      if (signal.aborted) throw toAbortError(signal.reason);
      await takeTurn(client, signal);
      try {
        return await task();
      } finally {
        running--;
        startNext();
      }
    },
    get waiting() {
      return waiting;
    },
    get running() {
      return running;
    },
  };
}
