import { expect, it } from 'vitest';
import { checkFinite } from '../../../src/train/check-finite.ts';
import { TrainingError } from '../../../src/utils/errors.ts';

it.each([
  [{ loss: Number.NaN, gradientNorm: 1 }, 'the loss is NaN'],
  [{ loss: 1, gradientNorm: Infinity }, 'the gradients have the length Infinity'],
  [
    { loss: 1, gradientNorm: 1, statistics: new Map([['bn.running_var', Float32Array.of(1, Infinity)]]) },
    'the running statistics bn.running_var are no numbers',
  ],
])('stops at %o', (numbers, message) => {
  const check = () => checkFinite(numbers, 7, 'batch 2');
  expect(check).toThrow(TrainingError);
  expect(check).toThrow(`step 7: batch 2: ${message}`);
});

it('lets numbers pass', () => {
  const statistics = new Map([['bn.running_mean', Float32Array.of(-1, 0)]]);
  expect(() => checkFinite({ loss: 0, gradientNorm: 0, statistics }, 0)).not.toThrow();
});
