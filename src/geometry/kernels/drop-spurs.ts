import type { Ring } from '../polygon.ts';

/**
 * Takes out spurs: places where a ring goes out and comes back by the same vertices, enclosing nothing, as contour
 * tracing leaves at lines one pixel wide. A ring that had spurs begins at the foot of its first one, where a repair by
 * noding begins too (start vertices matter to a simplification); a ring without any is returned as it is. Repeated
 * vertices go as well. Empty where nothing is enclosed at all.
 */
export function dropSpurs(ring: Ring): Ring {
  const kept = new Float64Array(ring.length);
  let length = 0;
  let foot = Infinity;
  for (let i = 0; i < ring.length; i += 2) {
    kept[length] = ring[i]!;
    kept[length + 1] = ring[i + 1]!;
    length += 2;
    if (length >= 4 && isSame(kept, length - 4, length - 2)) length -= 2;
    if (length < 6 || !isSame(kept, length - 6, length - 2)) continue;
    length -= 4;
    if (foot === Infinity || length - 2 < foot) foot = length - 2;
  }
  return length >= 6 && length === ring.length && !hasOpenSpur(kept, 0, length)
    ? ring
    : joinEnds(kept.subarray(0, length), foot);
}

/** Takes out the spur across the joint of last and first vertex, and turns the ring to begin at `foot`. */
function joinEnds(kept: Ring, foot: number): Ring {
  let first = 0;
  let end = kept.length;
  while (hasOpenSpur(kept, first, end)) {
    if (isSame(kept, first + 2, end - 2)) first += 2;
    else end -= 2;
  }
  if (end - first < 6) return new Float64Array(0);
  const start = foot >= first && foot < end ? foot : first;
  const result = new Float64Array(end - first);
  result.set(kept.subarray(start, end));
  result.set(kept.subarray(first, start), end - start);
  return result;
}

/** Whether the last vertex repeats the first, or either's neighbours on both sides are the same. */
function hasOpenSpur(ring: Ring, first: number, end: number): boolean {
  if (end - first < 4) return false;
  return isSame(ring, first, end - 2) || isSame(ring, first + 2, end - 2) || isSame(ring, first, end - 4);
}

function isSame(ring: Ring, a: number, b: number): boolean {
  return ring[a] === ring[b] && ring[a + 1] === ring[b + 1];
}
