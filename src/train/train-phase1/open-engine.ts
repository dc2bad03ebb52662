import { openTrainerThread } from '../../onnx/device/trainer-thread.ts';
import type { UpdateChoice } from '../../onnx/device/update-rules.ts';
import type { Parameter } from '../../onnx/find-parameters.ts';
import { withDevice } from '../../onnx/open-on-device.ts';
import { readParameters } from '../../onnx/prepare-model.ts';
import type { Device } from '../../onnx/session.ts';
import type { TrainStep } from '../../onnx/train-step.ts';
import { openTrainThread } from '../../onnx/train-thread.ts';
import { ModelError, OptionError } from '../../utils/errors.ts';
import { countLabels } from '../data/class-names.ts';
import { computeClassWeights } from '../data/class-weights.ts';
import { ResidentEngine } from '../engines/resident-engine.ts';
import type { TrainingData } from '../loop/training.ts';
import { ADAMW_DEFAULTS } from '../optimizers/adamw.ts';
import { chooseTrained } from '../optimizers/choose-trained.ts';
import { resolveParameterGroups } from '../optimizers/parameter-groups.ts';
import { SGD_DEFAULTS } from '../optimizers/sgd.ts';
import type { OptimizerName } from '../optimizers.ts';
import type { Phase1Settings } from './options.ts';
import type { Phase1Model } from './read-phase1-model.ts';

/** Opens what computes, in a thread of its own. @throws what `openTrainThread` throws */
export type OpenEngine = () => Promise<TrainStep | ResidentEngine>;

/** @throws ModelError, OptionError */
export async function planEngine(
  settings: Phase1Settings,
  model: Phase1Model,
  data: TrainingData,
): Promise<OpenEngine> {
  const { loss: kind, balance, threads, logger, trained } = settings;
  const counts = countLabels(data.train, data.classes.length);
  const classWeights = balance === 'weights' ? { classWeights: computeClassWeights(counts) } : {};
  const weights = (await readParameters(model.model)).filter((one) => one.kind === 'weight');
  const names = weights.map(({ name }) => name);
  const chosen = trained === 'all' ? names : chooseLast(names, trained);
  const options = {
    loss: { kind, ...classWeights },
    output: model.outputName,
    ...(trained === 'all' ? {} : { trained: chosen }),
    ...(threads === undefined ? {} : { threads }),
    ...(logger && { logger }),
    sizes: { ...model.sizes },
  };
  const open = async (device: Device): Promise<TrainStep | ResidentEngine> => {
    if (!learnsOnDevice(settings, device)) return openTrainThread(model.source, { ...options, device });
    const update = planUpdate(
      settings,
      weights.filter(({ name }) => chosen.includes(name)),
    );
    return new ResidentEngine(await openTrainerThread(model.source, { ...options, ...update, device }));
  };
  return async () => {
    const engine = await withDevice({ device: settings.device, ...(logger && { logger }) }, open);
    try {
      checkClasses(engine, model, data.classes);
    } catch (error) {
      await engine.release();
      throw error;
    }
    return engine;
  };
}

/**
 * On graphics processors the optimiser is part of the graph, and weights stay there. What it does not do, gathering gradients,
 * averaging weights and keeping tensors, is done here with gradients that the device computes: weights then go there in each step.
 */
function learnsOnDevice({ accumulate, averageDecay, mode, logger }: Phase1Settings, device: Device): boolean {
  if (device === 'cpu') return false;
  const own = accumulate === 1 && averageDecay === 0 && mode === 'optimised';
  if (!own)
    logger?.notice(`accumulate, averageDecay and mode are done on the processor: weights go to ${device} in each step`);
  return own;
}

/** The optimisers with their own numbers, which phase 1 leaves as they are. */
const UPDATES: Readonly<Record<OptimizerName, UpdateChoice>> = {
  adamw: { name: 'adamw', ...ADAMW_DEFAULTS },
  sgd: { name: 'sgd', ...SGD_DEFAULTS },
};

function planUpdate(settings: Phase1Settings, weights: readonly Parameter[]) {
  const { optimizer: name, weightDecay, layerDecay, clipNorm } = settings;
  const shapes = new Map(weights.map((one) => [one.name, one.dims]));
  return {
    ...{ optimizer: UPDATES[name], clipNorm },
    settings: resolveParameterGroups(shapes, { weightDecay, layerDecay, decayVectors: false }),
  };
}

function chooseLast(names: readonly string[], trained: Phase1Settings['trained']): string[] {
  try {
    return chooseTrained(names, typeof trained === 'number' ? { blocks: trained } : trained);
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    const { hint } = cause;
    throw new OptionError('trained', 'no more layers than the model has', trained, { cause, ...(hint && { hint }) });
  }
}

function checkClasses({ target }: TrainStep | ResidentEngine, { name }: Phase1Model, classes: readonly string[]): void {
  const { dims } = target;
  if (dims.length === 2 && dims[1] === classes.length) return;
  throw new ModelError(name, `its output is [${dims.join(', ')}], and there are ${classes.length} classes`, {
    hint: `choose a new head (newHead), or export it with ${classes.length} logits: ${classes.join(', ')}`,
  });
}
