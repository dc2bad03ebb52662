import { checkInteger } from './options.ts';

/**
 * Reads items in their order, up to `count` of them under way or waiting for the caller: with 1 each is begun when it is asked for.
 * The first failure ends it in its turn. Whoever leaves the loop early waits for those under way.
 * @throws what `read` rejects with
 */
export async function* readAhead<T, R>(
  items: Iterable<T>,
  count: number,
  read: (item: T) => Promise<R>,
): AsyncGenerator<{ readonly item: T; readonly result: R }, void, undefined> {
  checkInteger('count', count, { min: 1 });
  const iterator = items[Symbol.iterator]();
  const begun: { readonly item: T; readonly result: Promise<R> }[] = [];
  const fill = () => {
    while (begun.length < count) {
      const next = iterator.next();
      if (next.done) return;
      const result = read(next.value);
      // It is awaited in its turn; until then a failure is nobody's.
      result.catch(() => {});
      begun.push({ item: next.value, result });
    }
  };
  try {
    for (fill(); begun[0]; fill()) {
      const [{ item, result }] = begun as [(typeof begun)[0]];
      const found = await result;
      begun.shift();
      yield { item, result: found };
    }
  } finally {
    await Promise.allSettled(begun.map(({ result }) => result));
  }
}
