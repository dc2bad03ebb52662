import { CheckpointError } from '../../utils/errors.ts';
import type { ParameterMap } from '../parameters.ts';
import type { Checkpoint } from './checkpoint.ts';

/** What the run has that would go on. */
export interface ResumePlan {
  /** SHA-256 of its forward graph. */
  readonly graphHash: string;
  readonly optimizer: { readonly name: string; readonly slots: Readonly<Record<string, ParameterMap>> };
  readonly weights: ParameterMap;
  readonly buffers: ParameterMap;
  /** Whether it keeps a moving average. */
  readonly averages: ParameterMap | undefined;
  readonly seed: number;
}

/**
 * Holds a checkpoint against the run that would go on from it, before anything is copied: the same model, optimiser, seed
 * and parameters.
 * @throws CheckpointError
 */
export function checkResume(checkpoint: Checkpoint, plan: ResumePlan, path: string): void {
  const { facts } = checkpoint;
  const fail = (problem: string, hint: string) => new CheckpointError(path, problem, { hint });
  if (facts.graphHash !== plan.graphHash)
    throw fail(
      'it belongs to another model',
      'resume with the model of that run, or start a new run in another folder',
    );
  if (facts.optimizer.name !== plan.optimizer.name)
    throw fail(`it was trained by ${facts.optimizer.name}, not ${plan.optimizer.name}`, SAME_OPTIONS);
  if (facts.sampler.seed !== plan.seed) throw fail(`its seed is ${facts.sampler.seed}, not ${plan.seed}`, SAME_OPTIONS);
  if ((checkpoint.averages === undefined) !== (plan.averages === undefined))
    throw fail(`it ${checkpoint.averages ? 'has a' : 'has no'} moving average of the weights`, SAME_OPTIONS);
  const { weights, buffers, averages = new Map() } = plan;
  const pairs = [
    ['weight', checkpoint.weights, weights],
    ['buffer', checkpoint.buffers, buffers],
    ['average', checkpoint.averages ?? new Map(), averages],
    ...Object.entries(plan.optimizer.slots).map(
      ([slot, own]) => [`${slot} of`, checkpoint.slots[slot] ?? new Map(), own] as const,
    ),
  ] as const;
  for (const [what, theirs, ours] of pairs) {
    const problem = compareParameters(theirs, ours);
    if (problem !== undefined) throw fail(`${what} ${problem}`, SAME_OPTIONS);
  }
}

const SAME_OPTIONS = 'resume with the options of that run, or start a new run in another folder';

function compareParameters(theirs: ParameterMap, ours: ParameterMap): string | undefined {
  for (const [name, values] of ours) {
    const length = theirs.get(name)?.length;
    if (length === undefined) return `${name} is missing`;
    if (length !== values.length) return `${name} has ${length} elements, not ${values.length}`;
  }
  const extra = [...theirs.keys()].find((name) => !ours.has(name));
  return extra === undefined ? undefined : `${extra} is none of this run`;
}
