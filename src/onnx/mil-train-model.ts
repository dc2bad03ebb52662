import { ModelError, OptionError } from '../utils/errors.ts';
import { checkInteger, checkNumber, withDefaults } from '../utils/options.ts';
import { INSTANCE_LOSS_DEFAULTS, type InstanceLossChoice, type MilArchitecture } from './mil-options.ts';
import type { OnnxModel } from './model.ts';
import { FEATURES, LOGITS } from './models/mil/bag-graph.ts';
import { CLASSIFIER } from './models/mil/clam-sb.ts';
import { addInstanceLoss } from './models/mil/instance-loss.ts';
import { rewriteModel } from './rewrite-model.ts';

interface TrainModelOptions {
  readonly architecture: MilArchitecture;
  readonly instanceLoss: InstanceLossChoice | undefined;
}

/**
 * A model of bags with the outputs that its training asks for, and how much of the total loss the bag's is.
 * @throws ModelError for a file that is no such model; OptionError for options that don't fit it
 */
export function createMilTrainModel(
  model: OnnxModel,
  { architecture, instanceLoss }: TrainModelOptions,
): { model: OnnxModel; bagWeight: number } {
  checkInputs(model);
  if (architecture !== 'clam-sb') {
    if (instanceLoss) throw new OptionError('instanceLoss', 'given with clam-sb alone', architecture);
    return { model: keepLogits(model), bagWeight: 1 };
  }
  const { bagWeight, ...choice } = checkInstanceLoss(instanceLoss);
  if (bagWeight === 1) return { model: keepLogits(model), bagWeight };
  return { model: addInstanceLoss(model, { ...choice, ...readClasses(model) }), bagWeight };
}

/** @throws ModelError */
function checkInputs({ source, graph }: OnnxModel): void {
  const names = (graph.input ?? []).map(({ name }) => name);
  if (!names.includes(FEATURES) || !(graph.output ?? []).some(({ name }) => name === LOGITS))
    throw new ModelError(source, `no model of bags: it has no input "${FEATURES}", or no output "${LOGITS}"`, {
      hint: 'make one with createMilModel',
    });
}

/** @throws OptionError */
function checkInstanceLoss(choice: InstanceLossChoice | undefined): Required<InstanceLossChoice> {
  const { bagWeight, k, seed } = withDefaults(INSTANCE_LOSS_DEFAULTS, choice);
  return {
    bagWeight: checkNumber('bagWeight', bagWeight, { above: 0, max: 1 }),
    k: checkInteger('k', k, { min: 1 }),
    seed: checkInteger('seed', seed, { min: 0, max: 2 ** 32 - 1 }),
  };
}

/** @throws ModelError */
function readClasses({ source, initializers }: OnnxModel): { classes: number; hidden: number } {
  const [classes, hidden] = initializers.get(`${CLASSIFIER}.weight`)?.dims ?? [];
  if (classes === undefined || hidden === undefined)
    throw new ModelError(source, `no clam-sb: it has no weight "${CLASSIFIER}.weight"`);
  return { classes, hidden };
}

/** Without what training does not ask for: the logits of all instances cost more than those of the bag. */
function keepLogits(model: OnnxModel): OnnxModel {
  const output = (model.graph.output ?? []).filter(({ name }) => name === LOGITS);
  return rewriteModel(model, { graph: { ...model.graph, output } });
}
