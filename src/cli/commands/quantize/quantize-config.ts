import { type QuantizeConfig, resolveQuantize } from '../../../inference/quantize/options.ts';
import { checkWithFlags } from '../../options/convert.ts';
import { CLASSIFIER_FLAGS, toClassifierOptions } from '../../options/predict/model.ts';
import type { QuantizeArguments } from '../../options/quantize.ts';
import { UsageError } from '../../usage-error.ts';

/** By the option of the library. */
export const FLAGS = { ...CLASSIFIER_FLAGS, input: 'calibration' } as const;

/** For `quantize`; what was not given is left out. @throws UsageError */
export function toQuantizeConfig(inputs: readonly string[], args: QuantizeArguments): QuantizeConfig {
  const [model, ...others] = inputs;
  if (model === undefined || others.length > 0)
    throw new UsageError(`quantize takes one model, but received ${inputs.length}`, {
      hint: 'usage: slideloom quantize MODEL --calibration TABLE|FOLDER --out FILE',
    });
  const { calibration, calibrationPictures, calibrationMethod, percentile, narrowWeights, exclude } = args;
  const { out, overwrite, workers, threads } = args;
  const config: QuantizeConfig = {
    ...{ ...toClassifierOptions(args), model, input: calibration, calibrationPictures, calibrationMethod, percentile },
    ...{ narrowWeights, exclude, out, overwrite, workers, threads },
  };
  checkWithFlags(FLAGS, () => resolveQuantize(config));
  return config;
}
