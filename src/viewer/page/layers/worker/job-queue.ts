/** Jobs that wait, by number. */
export interface JobQueue<T> {
  /** Urgent ones go before all that wait. */
  add(job: number, work: T, urgent: boolean): void;
  /** A job that has not begun is left out. */
  cancel(job: number): void;
}

/**
 * One job at a time, in order. Before each the queue waits for `pause`, in which jobs are added and cancelled: a tile that has left
 * the screen before its turn is not drawn.
 */
export function createJobQueue<T>(
  run: (job: number, work: T) => Promise<void>,
  pause: () => Promise<void>,
): JobQueue<T> {
  const waiting = { urgent: new Map<number, T>(), others: new Map<number, T>() };
  let busy = false;
  const work = async (): Promise<void> => {
    busy = true;
    for (;;) {
      await pause();
      const line = waiting.urgent.size > 0 ? waiting.urgent : waiting.others;
      const [next] = line;
      if (next === undefined) break;
      line.delete(next[0]);
      await run(...next);
    }
    busy = false;
  };
  return {
    add: (job, one, urgent) => {
      (urgent ? waiting.urgent : waiting.others).set(job, one);
      if (!busy) void work();
    },
    cancel: (job) => {
      waiting.urgent.delete(job);
      waiting.others.delete(job);
    },
  };
}
