import { readParameters } from '../../onnx/prepare-model.ts';
import type { TrainStep } from '../../onnx/train-step.ts';
import { openTrainThread } from '../../onnx/train-thread.ts';
import { OptionError } from '../../utils/errors.ts';
import { ModelError } from '../../utils/model-errors.ts';
import { countLabels } from '../data/class-names.ts';
import { computeClassWeights } from '../data/class-weights.ts';
import { chooseTrained } from '../optimizers/choose-trained.ts';
import type { Phase1Settings } from './options.ts';
import type { Phase1Data } from './read-data.ts';
import type { Phase1Model } from './read-phase1-model.ts';

/** Opens the train step in a thread of its own; called again, it opens the same one. @throws what `openTrainThread` throws */
export type OpenEngine = () => Promise<TrainStep>;

/** What each opening has in common. @throws ModelError, OptionError */
export async function planEngine(settings: Phase1Settings, model: Phase1Model, data: Phase1Data): Promise<OpenEngine> {
  const { loss: kind, balance, device, threads, logger, trained } = settings;
  const counts = countLabels(data.train, data.classes.length);
  const weights = balance === 'weights' ? { classWeights: computeClassWeights(counts) } : {};
  const names = (await readParameters(model.model)).filter((one) => one.kind === 'weight').map(({ name }) => name);
  const options = {
    loss: { kind, ...weights },
    output: model.outputName,
    ...(trained === 'all' ? {} : { trained: chooseLast(names, trained) }),
    ...(threads === undefined ? {} : { threads }),
    ...{ device, sizes: { ...model.sizes } },
  };
  let told = false;
  return async () => {
    const step = await openTrainThread(model.source, { ...options, ...(logger && !told ? { logger } : {}) });
    told = true;
    try {
      checkClasses(step, model, data.classes);
    } catch (error) {
      await step.release();
      throw error;
    }
    return step;
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

function checkClasses({ target }: TrainStep, { name }: Phase1Model, classes: readonly string[]): void {
  const { dims } = target;
  if (dims.length === 2 && dims[1] === classes.length) return;
  throw new ModelError(name, `its output is [${dims.join(', ')}], and there are ${classes.length} classes`, {
    hint: `choose a new head (newHead), or export it with ${classes.length} logits: ${classes.join(', ')}`,
  });
}
