import { OptionError } from '../../../utils/errors.ts';
import { checkChoice, checkInteger, checkNumber } from '../../../utils/options.ts';
import { PIXEL_METHODS, type PixelMethod } from '../methods.ts';

export const COMBINE_RULES = ['intersection', 'union', 'majority', 'weighted'] as const;
export type CombineRule = (typeof COMBINE_RULES)[number];

/** How `combine` makes one mask of several. */
export interface CombineParameters {
  readonly methods: readonly PixelMethod[];
  readonly rule: CombineRule;
  /** `majority`: how many of the masks must agree; undefined is more than half. */
  readonly k?: number | undefined;
  /** `weighted`: one weight a method; undefined weighs all the same. */
  readonly weights?: readonly number[] | undefined;
}

/** @throws OptionError */
export function checkCombine({ methods, rule, k, weights }: CombineParameters): void {
  checkChoice('combine.rule', rule, COMBINE_RULES);
  if (!Array.isArray(methods) || methods.length === 0)
    throw new OptionError('combine.methods', 'a list of methods', methods);
  for (const method of methods) checkChoice('combine.methods', method, PIXEL_METHODS);
  if (k !== undefined) checkInteger('combine.k', k, { min: 1, max: methods.length });
  if (weights === undefined) return;
  if (!Array.isArray(weights) || weights.length !== methods.length)
    throw new OptionError('combine.weights', `${methods.length} weights, one a method`, weights);
  for (const weight of weights) checkNumber('combine.weights', weight, { min: 0 });
  if (!weights.some((weight: number) => weight > 0))
    throw new OptionError('combine.weights', 'at least one weight above 0', weights);
}
