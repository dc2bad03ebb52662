import { MIL_ARCHITECTURES } from '../../../onnx/mil-options.ts';
import { type Phase2Config, resolvePhase2 } from '../../../train/train-phase2/options.ts';
import { checkChoice } from '../../../utils/options.ts';
import { checkWithFlags } from '../../options/convert.ts';
import type { TrainPhase2Arguments } from '../../options/train.ts';
import { toFold } from './to-fold.ts';

/** By the option of the library. */
const FLAGS = { classes: 'classNames', hidden: 'hiddenSize', attention: 'attentionSize' } as const;

/** For `trainPhase2`, or for `crossValidatePhase2` where the fold is `all`; what was not given is left out. @throws UsageError */
export function toPhase2Config(
  args: TrainPhase2Arguments,
): Omit<Phase2Config, 'fold'> & { fold: number | 'all' | undefined } {
  const fold = toFold(args, '--labels');
  const { features, labels, validation, folds, onBadSlide, dropout, bagWeight, instances, standardize } = args;
  const { epochs, batchSize, maxPatches, optimizer, rate, schedule, warmUpShare, minRate, dropFactor } = args;
  const { dropEpochs, weightDecay, clipNorm, averageDecay, loss, balance, labelSmoothing, watch, patience } = args;
  const { seed, out, resume, overwrite, threads, cacheMemory, cleanupEvery, checkpointEvery, logEvery } = args;
  const model = checkWithFlags(FLAGS, () => checkChoice('model', args.model, MIL_ARCHITECTURES));
  const config: Phase2Config = {
    ...{ features, labels, validation, folds, fold: fold === 'all' ? undefined : fold, onBadSlide },
    ...{ dropout, bagWeight, instances, standardize },
    ...{ classes: args.classNames, model, hidden: args.hiddenSize, attention: args.attentionSize },
    ...{ epochs, batchSize, maxPatches, optimizer, rate, schedule, warmUpShare, minRate, dropFactor, dropEpochs },
    ...{ weightDecay, clipNorm, averageDecay, loss, balance, labelSmoothing, watch, patience, seed },
    ...{ out, resume, overwrite, threads, cacheMemory, cleanupEvery, checkpointEvery, logEvery },
  };
  checkWithFlags(FLAGS, () => resolvePhase2(config));
  return { ...config, fold };
}
