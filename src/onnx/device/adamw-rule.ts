import { createWriter, type UpdateRule } from './update-rule.ts';

export interface AdamwNumbers {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * AdamW (I. Loshchilov & F. Hutter, 2019) in single precision. What changes from step to step is fed: the rate over the first
 * moment's bias correction, the rate times the decay, and the inverse root of the second moment's correction. The decay is
 * taken off as a product of its own, since 1 - rate * decay would lose half of its digits.
 */
export function createAdamwRule({ beta1, beta2, epsilon }: AdamwNumbers): UpdateRule {
  return {
    slots: ['m', 'v'],
    sharedCount: 1,
    getNumbers({ count, rate }, groups) {
      const correction = 1 - beta1 ** count;
      const own = groups.flatMap(({ rateScale, weightDecay }) => [
        (rate * rateScale) / correction,
        rate * rateScale * weightDecay,
      ]);
      return [...own, 1 / Math.sqrt(1 - beta2 ** count)];
    },
    addUpdate(builder, { weight, gradient, slots, pace, decay, shared, decays }) {
      const { op, scale } = createWriter(builder);
      const [m = '', v = ''] = slots;
      const first = op('Add', scale(m, beta1), scale(gradient, 1 - beta1));
      const second = op('Add', scale(v, beta2), scale(op('Mul', gradient, gradient), 1 - beta2));
      const root = op('Add', op('Mul', op('Sqrt', second), shared[0] ?? ''), builder.scalar(epsilon));
      const step = op('Div', op('Mul', first, pace), root);
      const change = decays ? op('Add', step, op('Mul', weight, decay)) : step;
      return { weight: op('Sub', weight, change), slots: [first, second] };
    },
  };
}
