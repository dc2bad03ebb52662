import { type AdamwNumbers, createAdamwRule } from './adamw-rule.ts';
import { createSgdRule, type SgdNumbers } from './sgd-rule.ts';
import type { UpdateRule } from './update-rule.ts';

/** An optimiser that is part of the graph, with all of its numbers. */
export type UpdateChoice = ({ readonly name: 'adamw' } & AdamwNumbers) | ({ readonly name: 'sgd' } & SgdNumbers);

export function createUpdateRule(choice: UpdateChoice): UpdateRule {
  return choice.name === 'adamw' ? createAdamwRule(choice) : createSgdRule(choice);
}
