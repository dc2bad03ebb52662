import { ModelError, OptionError } from '../utils/errors.ts';
import type { PreparedModel } from './prepare-model.ts';

/** Names of the weights that are to be trained. @throws ModelError, OptionError where there are none, or not these */
export function chooseWeights(
  { model, parameters }: PreparedModel,
  trained: readonly string[] | undefined,
): ReadonlySet<string> {
  const weights = new Set(parameters.filter(({ kind }) => kind === 'weight').map(({ name }) => name));
  if (weights.size === 0) throw new ModelError(model.source, 'it has no weights');
  const unknown = trained?.find((name) => !weights.has(name));
  if (unknown !== undefined || trained?.length === 0)
    throw new OptionError('trained', `names of weights of ${model.source}`, unknown ?? trained, {
      hint: `its weights are: ${[...weights].slice(0, 20).join(', ')}${weights.size > 20 ? ', ...' : ''}`,
    });
  return trained ? new Set(trained) : weights;
}

/** Weights are float32 here. @throws ModelError */
export function checkPrecision(source: string, { parameters, facts }: PreparedModel): void {
  const odd = parameters.find(({ name }) => facts.get(name)?.type !== 'float32');
  if (odd)
    throw new ModelError(source, `its weight "${odd.name}" is ${facts.get(odd.name)?.type ?? 'unknown'}, not float32`, {
      hint: 'export the model in single precision',
    });
}
