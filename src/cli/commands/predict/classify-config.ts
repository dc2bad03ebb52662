import { type ClassifyConfig, resolveClassify } from '../../../inference/classify/options.ts';
import { checkWithFlags } from '../../options/convert.ts';
import { CLASSIFIER_FLAGS, toClassifierOptions } from '../../options/predict/model.ts';
import type { PredictPatchesArguments } from '../../options/predict.ts';
import { UsageError } from '../../usage-error.ts';

/** For `classify`; what was not given is left out. @throws UsageError */
export function toClassifyConfig(inputs: readonly string[], args: PredictPatchesArguments): ClassifyConfig {
  if (inputs.length === 0)
    throw new UsageError('predict patches needs a table or a folder of pictures', {
      hint: 'usage: slideloom predict patches TABLE|FOLDER... --model MODEL --out DIR',
    });
  const { model, threshold, out, overwrite, batchSize, workers, threads, device } = args;
  const config: ClassifyConfig = {
    ...{ ...toClassifierOptions(args), input: inputs, model, threshold },
    ...{ out, overwrite, batchSize, workers, threads, device },
  };
  checkWithFlags(CLASSIFIER_FLAGS, () => resolveClassify(config));
  return config;
}
