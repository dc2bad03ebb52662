export interface GroupedExamples {
  /** Examples, group by group. */
  readonly members: Uint32Array;
  /** Where each group ends in `members`. */
  readonly ends: Uint32Array;
}

/** Draws as many groups as there are, with replacement, and writes how often each example is among them. */
export function drawCounts(counts: Uint32Array, { members, ends }: GroupedExamples, random: () => number): void {
  counts.fill(0);
  for (let draw = 0; draw < ends.length; draw++) {
    const group = Math.floor(random() * ends.length);
    for (let at = group === 0 ? 0 : ends[group - 1]!; at < ends[group]!; at++) {
      const example = members[at]!;
      counts[example] = counts[example]! + 1;
    }
  }
}
