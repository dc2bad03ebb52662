import type { PlannedPatch } from './patch-plan.ts';

/** Patches that one worker cuts at a time: neighbours, so that a decoded tile serves several, and work for far over 5 ms. */
export const RUN_LENGTH = 64;

/** A stretch of the plan with consecutive indices. */
export interface PatchRun {
  readonly first: number;
  readonly patches: readonly PlannedPatch[];
}

/** Cuts a plan into runs, lazily: one run in memory. */
export function* splitIntoRuns(plan: Iterable<PlannedPatch>, length = RUN_LENGTH): Generator<PatchRun> {
  let patches: PlannedPatch[] = [];
  for (const patch of plan) {
    patches.push(patch);
    if (patches.length < length) continue;
    yield { first: patches[0]?.index ?? 0, patches };
    patches = [];
  }
  if (patches.length > 0) yield { first: patches[0]?.index ?? 0, patches };
}
