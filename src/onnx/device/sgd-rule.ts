import { createWriter, type UpdateRule } from './update-rule.ts';

export interface SgdNumbers {
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** Stochastic gradient descent with momentum, as torch has it: decay is added to gradients. In single precision. */
export function createSgdRule({ momentum, nesterov }: SgdNumbers): UpdateRule {
  return {
    slots: ['momentum'],
    sharedCount: 0,
    getNumbers: ({ rate }, groups) => groups.flatMap(({ rateScale, weightDecay }) => [rate * rateScale, weightDecay]),
    addUpdate(builder, { weight, gradient, slots, pace, decay, decays }) {
      const { op, scale } = createWriter(builder);
      const pull = decays ? op('Add', gradient, op('Mul', weight, decay)) : gradient;
      const speed = op('Add', scale(slots[0] ?? '', momentum), pull);
      const way = nesterov ? op('Add', pull, scale(speed, momentum)) : speed;
      return { weight: op('Sub', weight, op('Mul', way, pace)), slots: [speed] };
    },
  };
}
