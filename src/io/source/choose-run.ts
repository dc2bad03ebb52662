/** Blocks of one request. */
export interface BlockRun {
  readonly first: number;
  readonly count: number;
}

/** Unasked blocks between two that are asked for: fetching them costs less than another request. */
const MAX_GAP = 2;

/**
 * The block that has waited longest, with those around it that are wanted too: over gaps of up to two blocks, which
 * come along. Undefined where nothing waits.
 */
export function chooseRun(
  queue: ReadonlySet<number>,
  { maxBlocks, isFree }: { maxBlocks: number; isFree: (index: number) => boolean },
): BlockRun | undefined {
  const [start] = queue;
  if (start === undefined) return undefined;
  let first = start;
  let last = start;
  const extend = (step: 1 | -1) => {
    for (let at = (step > 0 ? last : first) + step, gap = 0; gap <= MAX_GAP && isFree(at); at += step, gap++) {
      if (Math.max(last, at) - Math.min(first, at) >= maxBlocks) return;
      if (!queue.has(at)) continue;
      first = Math.min(first, at);
      last = Math.max(last, at);
      gap = -1;
    }
  };
  extend(1);
  extend(-1);
  return { first, count: last - first + 1 };
}

/**
 * Counts how many blocks to fetch beyond a run. Each run that begins where the last one ended doubles the number: a
 * reader that goes through the file soon gets it in large pieces, one that jumps about gets only what it asks for.
 */
export function createReadAhead(
  most: number,
): (run: BlockRun, limits: { room: number; isFree: (index: number) => boolean }) => number {
  let next = -1;
  let wanted = 0;
  return ({ first, count }, { room, isFree }) => {
    wanted = first === next ? Math.min(most, Math.max(1, wanted * 2)) : 0;
    let ahead = 0;
    while (ahead < Math.min(wanted, room) && isFree(first + count + ahead)) ahead++;
    next = first + count + ahead;
    return ahead;
  };
}
