import { createZeros, getParameter, type ParameterMap } from '../parameters.ts';
import type { OptimizerState } from './optimizer.ts';
import type { ParameterSettings } from './parameter-groups.ts';

/** What optimisers have in common: one trained parameter after another, the count of steps, and slots that can be restored. */
export interface SlotState {
  readonly slots: Readonly<Record<string, Map<string, Float32Array>>>;
  readonly steps: number;
  /** Counts a step, and calls `update` for each trained parameter. Gradients are checked before anything is written. */
  forEach(gradients: ParameterMap, update: (settings: ParameterSettings, arrays: ParameterArrays) => void): void;
  restore(state: OptimizerState): void;
  countStep(): void;
}

export interface ParameterArrays {
  readonly weights: Float32Array;
  readonly gradients: Float32Array;
  /** The parameter's array in a slot of this optimiser. */
  slot(name: string): Float32Array;
}

/** @throws RangeError where `settings` name a parameter that `weights` has not */
export function createSlotState(
  weights: ParameterMap,
  settings: readonly ParameterSettings[],
  slotNames: readonly string[],
): SlotState {
  const names = settings.map(({ name }) => name);
  const slots = Object.fromEntries(slotNames.map((slot) => [slot, createZeros(weights, names)]));
  let steps = 0;
  return {
    slots,
    get steps() {
      return steps;
    },
    forEach(gradients, update) {
      for (const name of names) getParameter(gradients, name, getParameter(weights, name).length);
      steps++;
      for (const one of settings)
        update(one, {
          weights: getParameter(weights, one.name),
          gradients: getParameter(gradients, one.name),
          slot: (slot) => getParameter(slots[slot] ?? new Map(), one.name),
        });
    },
    countStep() {
      steps++;
    },
    restore(state) {
      const sources = slotNames.map((slot) => {
        const source = state.slots[slot] ?? new Map<string, Float32Array>();
        return [
          slot,
          new Map(names.map((name) => [name, getParameter(source, name, getParameter(weights, name).length)])),
        ] as const;
      });
      for (const [slot, source] of sources) for (const [name, values] of source) slots[slot]?.get(name)?.set(values);
      steps = state.steps;
    },
  };
}
