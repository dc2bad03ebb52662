import { createKernels, hasWasmSimd } from '../../io/kernels/wasm-kernels.ts';
import { checkNumber, withDefaults } from '../../utils/options.ts';
import type { ParameterMap } from '../parameters.ts';
import { roundFactors } from './kernels/adamw-update.ts';
import { type AdamwUpdate, createAdamwUpdate } from './kernels/adamw-wasm.ts';
import type { Optimizer } from './optimizer.ts';
import type { ParameterSettings } from './parameter-groups.ts';
import { createSlotState } from './slot-state.ts';

export interface AdamwOptions {
  beta1?: number;
  beta2?: number;
  /** Added to the root of the second moment. */
  epsilon?: number;
}

/** torch's. */
export const ADAMW_DEFAULTS = Object.freeze({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const);

/** What the kernels ask for at least; weights pass through 256 KiB of it. */
const KERNEL_BYTES = 2 ** 20;

let shared: AdamwUpdate | undefined;

/** By the WebAssembly kernel where the machine runs it; made once a thread. */
function getUpdate(): AdamwUpdate {
  shared ??= createAdamwUpdate(hasWasmSimd() ? createKernels(KERNEL_BYTES) : undefined);
  return shared;
}

/**
 * AdamW, with decay apart from the gradients. Memory: two arrays as large as the trained weights.
 * @throws OptionError
 */
export function createAdamw(
  weights: ParameterMap,
  settings: readonly ParameterSettings[],
  options: AdamwOptions = {},
): Optimizer {
  const { beta1, beta2, epsilon } = checkOptions(options);
  const state = createSlotState(weights, settings, ['m', 'v']);
  return {
    name: 'adamw',
    slots: state.slots,
    get steps() {
      return state.steps;
    },
    restore: state.restore,
    countStep: state.countStep,
    step(gradients, rate) {
      const count = state.steps + 1;
      const correction = 1 - beta1 ** count;
      const root = Math.sqrt(1 - beta2 ** count);
      state.forEach(gradients, ({ rateScale, weightDecay }, arrays) => {
        const own = rate * rateScale;
        const moments = { m: arrays.slot('m'), v: arrays.slot('v') };
        const { weights: target, gradients: source } = arrays;
        const factors = { stepSize: own / correction, decay: own * weightDecay, root };
        const rounded = roundFactors({ ...factors, beta1, beta2, epsilon });
        getUpdate()({ weights: target, gradients: source, ...moments }, rounded);
      });
    },
  };
}

function checkOptions(options: AdamwOptions) {
  const { beta1, beta2, epsilon } = withDefaults<Required<AdamwOptions>, AdamwOptions>(ADAMW_DEFAULTS, options);
  return {
    beta1: checkNumber('beta1', beta1, { min: 0, max: 1 - 1e-9 }),
    beta2: checkNumber('beta2', beta2, { min: 0, max: 1 - 1e-9 }),
    epsilon: checkNumber('epsilon', epsilon, { above: 0 }),
  };
}
