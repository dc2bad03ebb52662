import type { ByteSource } from '../../../io/source/byte-source.ts';

/** Read at once: a stream may be larger than the memory. */
const CHUNK = 2 ** 20;
/** It counts behind the last interval only: before that, it is damage to one of them. */
const END_OF_IMAGE = 0xd9;

/** Bytes [from, to) of a file, which hold the data of `total` restart intervals. */
export interface ScannedRange {
  readonly from: number;
  readonly to: number;
  readonly total: number;
}

/**
 * Looks for the restart markers (FFD0 to FFD7) in a scan's data, chunk by chunk, without decoding: a coded FF is followed by
 * 00. Their numbers run in a circle of eight, from which it follows where one is missing.
 * @returns the file offset of each interval's data, and behind them where the last one ends; NaN where it is unknown
 */
export async function scanRestarts(source: ByteSource, { from, to, total }: ScannedRange): Promise<Float64Array> {
  const search: RestartSearch = { starts: new Float64Array(total + 1).fill(Number.NaN), next: 1, gap: 0, end: to };
  search.starts[0] = from;
  let half = false;
  for (let at = from; at < to && search.end === to; at += CHUNK) {
    half = searchChunk(await source.read(at, Math.min(CHUNK, to - at)), at, { search, half });
  }
  const { starts, next, gap, end } = search;
  // A count that does not come out means that a number was wrong, not missing: behind it nothing is certain.
  if (next !== total && gap > 0) starts.fill(Number.NaN, gap);
  // As if a marker followed, which is no part of the interval before it.
  else if (next === total) starts[total] = end + 2;
  return starts;
}

interface RestartSearch {
  readonly starts: Float64Array;
  /** The interval that the next marker begins. */
  next: number;
  /** The first interval whose marker was not the expected one; 0 where all were. */
  gap: number;
  /** Where the data end: the end of image, or of the range. */
  end: number;
}

/** @param half the chunk before ended in FF. @returns whether this one does */
function searchChunk(
  chunk: Uint8Array,
  offset: number,
  { search, half }: { search: RestartSearch; half: boolean },
): boolean {
  let at = half ? -1 : chunk.indexOf(0xff);
  if (!half && at < 0) return false;
  do {
    const code = chunk[at + 1];
    if (code === undefined) return true;
    if (code >= 0xd0 && code <= 0xd7) noteRestart(search, code - 0xd0, offset + at + 2);
    else if (code === END_OF_IMAGE && search.next >= search.starts.length - 1) {
      search.end = offset + at;
      return false;
    }
    // FF before FF is padding, and may begin a marker with the one behind it.
    at = chunk.indexOf(0xff, code === 0xff ? at + 1 : at + 2);
  } while (at >= 0);
  return false;
}

function noteRestart(search: RestartSearch, number: number, dataAt: number): void {
  const missing = (number - (search.next - 1)) & 7;
  if (missing > 0 && search.gap === 0) search.gap = search.next;
  search.next += missing;
  if (search.next < search.starts.length - 1) search.starts[search.next] = dataAt;
  search.next++;
}
