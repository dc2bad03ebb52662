/** How many bytes are not 0. */
export function countMarked(mask: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) count++;
  return count;
}

/**
 * Positions of bytes that are not 0 by their rank among these, from 0: in the order of `ranks`, each of which is below their count.
 * No list of them all is made: a mask has millions.
 */
export function findMarked(mask: Uint8Array, ranks: readonly number[]): Uint32Array {
  const order = Array.from(ranks.keys()).sort((one, other) => ranks[one]! - ranks[other]!);
  const found = new Uint32Array(ranks.length);
  let at = -1;
  let seen = 0;
  for (const place of order) {
    const rank = ranks[place]!;
    while (seen <= rank) if (mask[++at] !== 0) seen++;
    found[place] = at;
  }
  return found;
}
