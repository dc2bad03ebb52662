import { checkChoice } from '../utils/options.ts';
import { type AdamwOptions, createAdamw } from './optimizers/adamw.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import type { ParameterSettings } from './optimizers/parameter-groups.ts';
import { createSgd, type SgdOptions } from './optimizers/sgd.ts';
import type { ParameterMap } from './parameters.ts';

/** The optimisers by name. */
export const OPTIMIZERS = { adamw: createAdamw, sgd: createSgd } as const;

export type OptimizerName = keyof typeof OPTIMIZERS;

export const OPTIMIZER_NAMES = Object.keys(OPTIMIZERS) as readonly OptimizerName[];

/** Which optimiser, and its own numbers. */
export type OptimizerChoice = ({ readonly name: 'adamw' } & AdamwOptions) | ({ readonly name: 'sgd' } & SgdOptions);

/**
 * An optimiser over `weights`, whose arrays it writes to at each step. `settings` come from `resolveParameterGroups`.
 * @throws OptionError
 */
export function createOptimizer(
  weights: ParameterMap,
  settings: readonly ParameterSettings[],
  { name, ...options }: OptimizerChoice,
): Optimizer {
  return OPTIMIZERS[checkChoice('optimizer', name, OPTIMIZER_NAMES)](weights, settings, options);
}
