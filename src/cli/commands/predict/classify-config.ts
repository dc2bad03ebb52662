import { type ClassifyConfig, resolveClassify } from '../../../inference/classify/options.ts';
import { checkWithFlags } from '../../options/convert.ts';
import type { PredictPatchesArguments } from '../../options/predict.ts';
import { UsageError } from '../../usage-error.ts';

/** By the option of the library. */
export const FLAGS = { root: 'imageRoot', classes: 'classNames' } as const;

/** For `classify`; what was not given is left out. @throws UsageError */
export function toClassifyConfig(inputs: readonly string[], args: PredictPatchesArguments): ClassifyConfig {
  if (inputs.length === 0)
    throw new UsageError('predict patches needs a table or a folder of pictures', {
      hint: 'usage: slideloom predict patches TABLE|FOLDER... --model MODEL --out DIR',
    });
  const { model, inputSize, mean, std, outputName, activation, threshold, onBadImage } = args;
  const { out, overwrite, batchSize, workers, threads, device } = args;
  const config: ClassifyConfig = {
    ...{ input: inputs, root: args.imageRoot, classes: args.classNames },
    ...{ model, inputSize, mean, std, outputName, activation, threshold, onBadImage },
    ...{ out, overwrite, batchSize, workers, threads, device },
  };
  checkWithFlags(FLAGS, () => resolveClassify(config));
  return config;
}
