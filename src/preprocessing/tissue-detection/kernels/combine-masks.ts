/** 1 where the weights of the masks that are 1 sum to at least `needed`. */
export function selectByVotes(masks: readonly Uint8Array[], weights: readonly number[], needed: number): Uint8Array {
  const out = new Uint8Array(masks[0]!.length);
  for (let i = 0; i < out.length; i++) {
    let votes = 0;
    for (let m = 0; m < masks.length; m++) if (masks[m]![i]! !== 0) votes += weights[m]!;
    if (votes >= needed) out[i] = 1;
  }
  return out;
}

/** How many pixels are 1. */
export function countSet(mask: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < mask.length; i++) count += mask[i]!;
  return count;
}
