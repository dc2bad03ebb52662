import type { AugmentOptions } from '../../../train/batches/augment-options.ts';
import { type Phase1Config, resolvePhase1 } from '../../../train/train-phase1/options.ts';
import { checkWithFlags, dropUndefined } from '../../options/convert.ts';
import type { TrainPhase1Arguments } from '../../options/train.ts';
import { UsageError } from '../../usage-error.ts';
import { toFold } from './to-fold.ts';

/** By the option of the library. */
const FLAGS = { root: 'imageRoot', classes: 'classNames' } as const;

/** For `trainPhase1`, or for `crossValidatePhase1` where the fold is `all`; what was not given is left out. @throws UsageError */
export function toPhase1Config(
  args: TrainPhase1Arguments,
): Omit<Phase1Config, 'fold'> & { fold: number | 'all' | undefined } {
  const fold = toFold(args, '--train');
  const { train, validation, slideLabels, folds, onBadImage, model, inputSize, inputMpp, mean, std, newHead } = args;
  const { epochs, batchSize, accumulate, optimizer, rate, schedule, warmUpShare, minRate, dropFactor } = args;
  const { dropEpochs, weightDecay, layerDecay, clipNorm, averageDecay, loss, balance, watch, patience, seed } = args;
  const { mixup, labelSmoothing, out, resume, overwrite, workers, threads, device, deterministic } = args;
  const { cleanupEvery, checkpointEvery, logEvery } = args;
  const config: Phase1Config = {
    ...{
      train,
      validation,
      slideLabels,
      folds,
      fold: fold === 'all' ? undefined : fold,
      onBadImage,
      root: args.imageRoot,
      classes: args.classNames,
    },
    ...{ model, inputSize, inputMpp, mean, std, newHead, trained: toTrained(args.trained) },
    ...{ epochs, batchSize, accumulate, optimizer, rate, schedule, warmUpShare, minRate, dropFactor, dropEpochs },
    ...{ weightDecay, layerDecay, clipNorm, averageDecay, loss, balance, watch, patience, seed },
    ...{ augment: toAugmentation(args), mixup, labelSmoothing, out, resume, overwrite, workers, threads, device },
    ...{ deterministic, cleanupEvery, checkpointEvery, logEvery },
  };
  checkWithFlags(FLAGS, () => resolvePhase1(config));
  return { ...config, fold };
}

function toTrained(text: string | undefined): Phase1Config['trained'] {
  if (text === undefined || text === 'all' || text === 'head') return text;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UsageError(
    `expected all, head or a number of layers for \`--trained\` but received ${JSON.stringify(text)}`,
  );
}

function toAugmentation(args: TrainPhase1Arguments): AugmentOptions | false | undefined {
  const { augment, turns, cropScale, brightness, contrast, saturation, hue, stainFactor, stainShift } = args;
  const given = { turns, cropScale, brightness, contrast, saturation, hue, stainFactor, stainShift };
  const changes: AugmentOptions | undefined = dropUndefined(given);
  if (augment !== false) return changes;
  if (!changes) return false;
  throw new UsageError(`--no-augment takes pictures as they are, and ${Object.keys(changes).join(', ')} changes them`, {
    hint: 'leave one of them out',
  });
}
