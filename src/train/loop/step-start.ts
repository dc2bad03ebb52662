import { copyParameters } from '../checkpoints/copy-parameters.ts';
import type { Learner } from './learner.ts';
import type { RunState } from './run-state.ts';

/** Keeps where a step begins. */
export function markStep(state: RunState): void {
  const { weights, next, sums, statistics: names } = state;
  const statistics = new Map(names.map((name) => [name, (weights.get(name) ?? new Float32Array()).slice()]));
  state.stepStart = { next, sums: { ...sums }, statistics };
}

/** Drops the gradients that were gathered: the state is again that before the first of their batches. */
export function returnToStepStart(state: RunState, { sum }: Pick<Learner, 'sum'>): void {
  if (!sum || sum.batches === 0 || !state.stepStart) return;
  const { next, sums, statistics } = state.stepStart;
  sum.drop();
  state.next = next;
  state.sums = { ...sums };
  copyParameters(
    new Map(state.statistics.map((name) => [name, state.weights.get(name) ?? new Float32Array()])),
    statistics,
  );
}
