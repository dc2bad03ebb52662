import { TrainingError } from '../utils/errors.ts';

/**
 * Stops a run whose loss or gradients are no longer numbers, before they reach the weights.
 * @param batch how the error names the batch
 * @throws TrainingError
 */
export function checkFinite(
  values: { readonly loss: number; readonly gradientNorm: number },
  step: number,
  batch?: string,
): void {
  const { loss, gradientNorm } = values;
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  const what = Number.isFinite(loss) ? `the gradients have the length ${gradientNorm}` : `the loss is ${loss}`;
  throw new TrainingError(step, batch === undefined ? what : `${batch}: ${what}`, {
    hint: 'lower the learning rate or clip gradients (clipNorm), and look at the pictures of this batch',
  });
}
