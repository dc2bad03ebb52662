import { checkBoolean, checkNumber, withDefaults } from '../../utils/options.ts';
import type { ParameterMap } from '../parameters.ts';
import { updateSgd } from './kernels/sgd-update.ts';
import type { Optimizer } from './optimizer.ts';
import type { ParameterSettings } from './parameter-groups.ts';
import { createSlotState } from './slot-state.ts';

export interface SgdOptions {
  /** Share of the last step's speed that is kept. */
  momentum?: number;
  nesterov?: boolean;
}

export const SGD_DEFAULTS = Object.freeze({ momentum: 0.9, nesterov: false } as const);

/**
 * Stochastic gradient descent with momentum. Memory: one array as large as the trained weights.
 * @throws OptionError
 */
export function createSgd(
  weights: ParameterMap,
  settings: readonly ParameterSettings[],
  options: SgdOptions = {},
): Optimizer {
  const chosen = withDefaults<Required<SgdOptions>, SgdOptions>(SGD_DEFAULTS, options);
  const momentum = checkNumber('momentum', chosen.momentum, { min: 0, max: 1 - 1e-9 });
  const nesterov = checkBoolean('nesterov', chosen.nesterov);
  const state = createSlotState(weights, settings, ['momentum']);
  return {
    name: 'sgd',
    slots: state.slots,
    get steps() {
      return state.steps;
    },
    restore: state.restore,
    countStep: state.countStep,
    step(gradients, rate) {
      state.forEach(gradients, ({ rateScale, weightDecay }, arrays) => {
        const { weights: target, gradients: source } = arrays;
        const factors = { rate: rate * rateScale, weightDecay, momentum, nesterov };
        updateSgd({ weights: target, gradients: source, momentum: arrays.slot('momentum') }, factors);
      });
    },
  };
}
