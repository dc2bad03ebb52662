import { multiply } from '../emit.ts';
import type { GradientRule, RuleTable } from '../gradient-rule.ts';

/** What was dropped gets no gradient, the rest is scaled as its value was. */
const dropout: GradientRule = ({ builder, saved, outputGradients: [dy = ''] }) => {
  const mask = saved['mask'];
  return [mask === undefined ? dy : multiply(builder, dy, mask)];
};

export const DROPOUT_RULES: RuleTable = { Dropout: dropout };
