import { OptionError } from '../utils/errors.ts';
import type { RunSizes } from './dropout-masks.ts';
import type { ValueFacts } from './graph.ts';
import type { Tensor } from './model/tensor.ts';

interface Fed {
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly target: Tensor;
}

/**
 * Refuses a target of another batch size than the inputs', which the loss would repeat without a word where one of them is 1.
 * An output whose rows are not one for one those of an input (windows of a picture, say) is not checked.
 * @param output what is known of the output that the loss is computed of
 * @throws OptionError naming both sizes
 */
export function checkTarget({ inputs, target }: Fed, output: ValueFacts, sizes: RunSizes): void {
  const [low, high] = [output.trials?.[0][0], output.trials?.[1][0]];
  if (low === high || low !== sizes.trials[0] || high !== sizes.trials[1]) return;
  const found = sizes.inputs.flatMap(({ name, dims }) =>
    dims.flatMap((dim, axis) => (typeof dim === 'string' ? (inputs.get(name)?.dims[axis] ?? []) : [])),
  );
  const [rows] = found;
  const given = target.dims[0];
  if (rows === undefined || (given !== undefined && found.includes(given))) return;
  throw new OptionError('target', `${rows} rows, as many as the inputs have`, given, {
    hint: 'give one row of the target for each row of the inputs',
  });
}
