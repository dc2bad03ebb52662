import { TrainingError } from '../utils/errors.ts';

/**
 * Stops a run whose loss or gradients are no longer numbers, before they reach the weights.
 * @throws TrainingError
 */
export function checkFinite(values: { readonly loss: number; readonly gradientNorm: number }, step: number): void {
  const { loss, gradientNorm } = values;
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  const what = Number.isFinite(loss) ? `the gradients have the length ${gradientNorm}` : `the loss is ${loss}`;
  throw new TrainingError(step, what, {
    hint: 'lower the learning rate or clip gradients (clipNorm), and look at the pictures of this batch',
  });
}
