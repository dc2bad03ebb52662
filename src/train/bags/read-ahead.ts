/**
 * Reads items in their order, `ahead` of them while the caller deals with one: no more than `ahead` + 1 are held.
 * @throws what `read` throws, when the item is due
 */
export async function* readAhead<Item, Result>(
  items: Iterable<Item>,
  read: (item: Item) => Promise<Result>,
  { ahead, signal }: { readonly ahead: number; readonly signal: AbortSignal },
): AsyncGenerator<Result, void, undefined> {
  const waiting: Promise<Result>[] = [];
  const source = items[Symbol.iterator]();
  const begin = () => {
    const { value, done } = source.next();
    if (done) return;
    const reading = read(value);
    // It is thrown when it is due; until then nobody listens.
    reading.catch(() => undefined);
    waiting.push(reading);
  };
  while (waiting.length < ahead) {
    const before = waiting.length;
    begin();
    if (waiting.length === before) break;
  }
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    signal.throwIfAborted();
    const result = await next;
    begin();
    yield result;
  }
}
