import type { PatchLabel } from './choose-label.ts';
import type { LabelClass } from './label-classes.ts';

/** Before the name of a class, in the counts of a run's record. */
const PREFIX = 'label:';
const UNLABELLED = 'unlabelled';

/** How many patches have a label. */
export interface LabelCount {
  /** Name of the class; undefined for patches without a label. */
  readonly label: string | undefined;
  readonly patches: number;
}

/** Members of a run's counts, one for each class. */
export function startLabelCounts(classes: readonly LabelClass[]): Record<string, number> {
  return Object.fromEntries([...classes.map(({ name }) => [`${PREFIX}${name}`, 0]), [UNLABELLED, 0]]);
}

export function countLabel(counts: Record<string, number>, { label }: PatchLabel): void {
  const key = label === undefined ? UNLABELLED : `${PREFIX}${label}`;
  counts[key] = (counts[key] ?? 0) + 1;
}

/** Undefined for a run without labels. Classes that no patch has are among them. */
export function listLabelCounts(counts: Readonly<Record<string, number>>): readonly LabelCount[] | undefined {
  const unlabelled = counts[UNLABELLED];
  if (unlabelled === undefined) return undefined;
  const named = Object.entries(counts).flatMap(([key, patches]) =>
    key.startsWith(PREFIX) ? [{ label: key.slice(PREFIX.length), patches }] : [],
  );
  return [...named, { label: undefined, patches: unlabelled }];
}
