export interface TogetherOptions<T, R> {
  /** Called in the order of the items, one after the other: how much of `most` the item takes. */
  readonly weigh: (item: T) => Promise<number>;
  /** Of all items at work; a heavier one is at work alone. */
  readonly most: number;
  /** How many are at work at a time. */
  readonly atOnce: number;
  readonly run: (item: T) => Promise<R>;
}

/**
 * Runs `run` over all items, which begin in their order, and gives the results in that order.
 * @throws what `weigh` or `run` rejects with, once those at work have ended; no other begins
 */
export async function runTogether<T, R>(items: readonly T[], options: TogetherOptions<T, R>): Promise<R[]> {
  const { weigh, most, atOnce, run } = options;
  const results: R[] = [];
  const working = new Set<Promise<void>>();
  let load = 0;
  try {
    for (const [index, item] of items.entries()) {
      const weight = await weigh(item);
      while (working.size >= atOnce || (working.size > 0 && load + weight > most)) await Promise.race(working);
      load += weight;
      const job = run(item).then((result) => {
        results[index] = result;
        load -= weight;
        working.delete(job);
      });
      working.add(job);
    }
    await Promise.all(working);
  } finally {
    await Promise.allSettled(working);
  }
  return results;
}
