/** Networks that classify a bag of features, as ONNX files. */
import { checkChoice, checkInteger, checkNumber, withDefaults } from '../utils/options.ts';
import {
  type CreateMilModelOptions,
  MIL_ARCHITECTURES,
  MIL_MODEL_DEFAULTS,
  type MilArchitecture,
} from './mil-options.ts';
import { createAbmil, createGatedAbmil } from './models/mil/abmil.ts';
import type { BagOptions } from './models/mil/bag-graph.ts';
import { createClamSb } from './models/mil/clam-sb.ts';
import { createMax, createMean } from './models/mil/pooled.ts';

const MODELS: Readonly<Record<MilArchitecture, (options: BagOptions) => Uint8Array>> = {
  abmil: createAbmil,
  'gated-abmil': createGatedAbmil,
  'clam-sb': createClamSb,
  mean: createMean,
  max: createMax,
};

/** Columns of a layer, and numbers of an instance. */
const MOST_COLUMNS = 65_536;

/**
 * A model of opset 17 in its training form (with dropout, which an export for inference leaves out). Input `features`, float32
 * [instances, featureDim] with any number of instances: one bag, so that no bag can change another's result. Outputs: `logits`
 * [1, classes]; `attention` [instances], which adds up to 1 (the same for all with mean; with max the share of channels whose
 * largest value the instance holds); `instance_logits` [instances, classes], what the classifier says of each instance alone.
 * @throws OptionError
 */
export function createMilModel(architecture: MilArchitecture, options: CreateMilModelOptions): Uint8Array {
  checkChoice('architecture', architecture, MIL_ARCHITECTURES);
  const given = withDefaults(MIL_MODEL_DEFAULTS, options);
  const columns = { min: 1, max: MOST_COLUMNS };
  return MODELS[architecture]({
    featureDim: checkInteger('featureDim', given.featureDim, columns),
    classes: checkInteger('classes', given.classes, { min: 2, max: MOST_COLUMNS }),
    hidden: checkInteger('hidden', given.hidden, columns),
    attention: checkInteger('attention', given.attention, columns),
    dropout: checkNumber('dropout', given.dropout, { min: 0, max: 0.95 }),
    seed: checkInteger('seed', given.seed, { min: 0, max: 2 ** 32 - 1 }),
  });
}
