import { checkNumber } from '../../utils/options.ts';
import { getLayerUnit, listLayerUnits } from './layer-units.ts';

/**
 * Layer-wise decay of the learning rate, for fine-tuning (K. Clark et al., ELECTRA, 2020): the last layer has 1, and each one
 * below it `decay` times the one above. Layers are those of `listLayerUnits`; `names` are in the order of the forward pass.
 * @returns the factor of each parameter
 * @throws OptionError
 */
export function computeLayerScales(names: readonly string[], decay: number): Map<string, number> {
  checkNumber('layerDecay', decay, { above: 0, max: 1 });
  const units = listLayerUnits(names);
  return new Map(names.map((name) => [name, decay ** (units.length - 1 - units.indexOf(getLayerUnit(name)))]));
}
