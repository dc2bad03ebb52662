import { checkInteger, checkNumber } from '../../utils/options.ts';
import { getParameter, type ParameterMap } from '../parameters.ts';
import { blendValues } from './kernels/vector-loops.ts';

/** An exponential moving average of weights: what is evaluated and exported is steadier than the last step. */
export interface WeightAverage {
  /** Updates so far. */
  readonly updates: number;
  /** Its own arrays. */
  readonly weights: ParameterMap;
  /** Takes in the weights after a step. */
  update(weights: ParameterMap): void;
  /** Goes on from a checkpoint. @throws RangeError where a parameter is missing or has another size */
  restore(state: { readonly updates: number; readonly weights: ParameterMap }): void;
}

export interface AverageOptions {
  /** Share of the average that each update keeps, below 1. */
  decay: number;
  /** Keep less in the beginning: (1 + n) / (10 + n) after n updates, where that is below `decay`. Default true. */
  warmUp?: boolean;
}

/** Starts as a copy of `weights`. Memory: as much as they take. @throws OptionError */
export function createWeightAverage(weights: ParameterMap, options: AverageOptions): WeightAverage {
  const decay = checkNumber('decay', options.decay, { min: 0, max: 1 - 1e-9 });
  const { warmUp = true } = options;
  const averages = new Map([...weights].map(([name, values]) => [name, values.slice()]));
  let updates = 0;
  return {
    weights: averages,
    get updates() {
      return updates;
    },
    update(current) {
      const keep = warmUp ? Math.min(decay, (1 + updates) / (10 + updates)) : decay;
      for (const [name, values] of averages) blendValues(values, getParameter(current, name, values.length), keep);
      updates++;
    },
    restore(state) {
      const sources = [...averages].map(([name, values]) => getParameter(state.weights, name, values.length));
      for (const [k, values] of [...averages.values()].entries()) values.set(sources[k] ?? values);
      updates = checkInteger('updates', state.updates, { min: 0 });
    },
  };
}
