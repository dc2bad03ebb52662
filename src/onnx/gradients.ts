/** All rules for gradients, by operator. A new family is a file in `gradients/` and a line here. */
import type { GradientRule, RuleTable } from './gradient-rule.ts';
import { ACTIVATION_RULES } from './gradients/activations.ts';
import { ARITHMETIC_RULES } from './gradients/arithmetic.ts';
import { CONV_RULES } from './gradients/conv.ts';
import { DROPOUT_RULES } from './gradients/dropout.ts';
import { INDEXING_RULES } from './gradients/indexing.ts';
import { LAYER_NORM_RULES } from './gradients/layer-norms.ts';
import { NORM_RULES } from './gradients/norms.ts';
import { POOL_RULES } from './gradients/pools.ts';
import { PRODUCT_RULES } from './gradients/products.ts';
import { REDUCTION_RULES } from './gradients/reductions.ts';
import { RESIZE_RULES } from './gradients/resize.ts';
import { SHAPE_RULES } from './gradients/shapes.ts';
import { SLICE_RULES } from './gradients/slices.ts';
import { SOFTMAX_RULES } from './gradients/softmax.ts';
import { UNARY_RULES } from './gradients/unary.ts';

const FAMILIES: readonly RuleTable[] = [
  ARITHMETIC_RULES,
  UNARY_RULES,
  ACTIVATION_RULES,
  SOFTMAX_RULES,
  PRODUCT_RULES,
  REDUCTION_RULES,
  SHAPE_RULES,
  SLICE_RULES,
  INDEXING_RULES,
  CONV_RULES,
  POOL_RULES,
  NORM_RULES,
  LAYER_NORM_RULES,
  RESIZE_RULES,
  DROPOUT_RULES,
];

const RULES: ReadonlyMap<string, GradientRule> = new Map(FAMILIES.flatMap((table) => Object.entries(table)));

/** The rule of an operator; `undefined` where there is none. */
export function getGradientRule(operator: string): GradientRule | undefined {
  return RULES.get(operator);
}

/** Operators with a rule, in alphabetical order. */
export function listDifferentiable(): string[] {
  return [...RULES.keys()].sort();
}
