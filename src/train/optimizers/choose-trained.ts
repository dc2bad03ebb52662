import { OptionError } from '../../utils/errors.ts';
import { checkInteger } from '../../utils/options.ts';
import { getLayerUnit, listLayerUnits } from './layer-units.ts';

/** Which parameters of a model learn: all, those of the last layer, or those of the last `blocks` layers. */
export type TrainedPart = 'all' | 'head' | { readonly blocks: number };

/**
 * The names of the parameters that learn; `names` are in the order of the forward pass, layers as in `listLayerUnits`.
 * @throws OptionError where the model has fewer layers
 */
export function chooseTrained(names: readonly string[], part: TrainedPart): string[] {
  if (part === 'all') return [...names];
  const units = listLayerUnits(names);
  const count = part === 'head' ? 1 : checkInteger('blocks', part.blocks, { min: 1 });
  if (count > units.length)
    throw new OptionError('blocks', `at most ${units.length}, the layers of this model`, count, {
      hint: `the layers are ${units.map((unit) => unit || '(root)').join(', ')}`,
    });
  const chosen = new Set(units.slice(-count));
  return names.filter((name) => chosen.has(getLayerUnit(name)));
}
