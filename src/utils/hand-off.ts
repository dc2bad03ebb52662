/**
 * A channel between producers with callbacks and one consumer that iterates. `push` resolves when the value has been
 * taken and the consumer has come back for more: producers wait, nothing piles up beyond one value a producer. Once the
 * consumer has left, or the channel has ended, values are dropped and nobody waits.
 */
export interface HandOff<T> extends AsyncIterable<T> {
  push(value: T): Promise<void>;
  /** No more values; with an error, iteration ends by throwing it. */
  end(error?: unknown): void;
}

export function createHandOff<T>(): HandOff<T> {
  const waiting: { value: T; taken: () => void }[] = [];
  let wake: (() => void) | undefined;
  let ended: { error?: unknown } | undefined;
  let left = false;
  const notify = () => {
    wake?.();
    wake = undefined;
  };
  async function* iterate(): AsyncGenerator<T, void, undefined> {
    let current: { value: T; taken: () => void } | undefined;
    try {
      for (;;) {
        current = waiting.shift();
        if (current) {
          yield current.value;
          current.taken();
        } else if (!ended) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if (ended.error === undefined) return;
        else throw ended.error;
      }
    } finally {
      left = true;
      current?.taken();
      for (const { taken } of waiting.splice(0)) taken();
    }
  }
  return {
    push: (value) =>
      new Promise((taken) => {
        if (left || ended) return taken();
        waiting.push({ value, taken });
        notify();
      }),
    end(error) {
      ended ??= error === undefined ? {} : { error };
      notify();
    },
    [Symbol.asyncIterator]: iterate,
  };
}
