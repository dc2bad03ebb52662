import {
  type AttentionFile,
  type PredictSlidesConfig,
  resolvePredictSlides,
} from '../../../inference/predict-slides/options.ts';
import { checkWithFlags } from '../../options/convert.ts';
import type { PredictSlidesArguments } from '../../options/predict-slides.ts';
import { UsageError } from '../../usage-error.ts';

/** By the option of the library. */
export const FLAGS = { classes: 'classNames' } as const;

/** For `predictSlides`; what was not given is left out. @throws UsageError */
export function toPredictSlidesConfig(
  input: readonly string[],
  args: PredictSlidesArguments,
): PredictSlidesConfig & { readonly model: string } {
  const { model, temperature, threshold, logitsOutput, attentionOutput, instanceOutput, anyBackbone } = args;
  const { aggregate, topK, quantile, labels, patchSpan, out, overwrite, threads, device } = args;
  const config = {
    ...{ input, model, classes: args.classNames, temperature, threshold, anyBackbone },
    ...{ logitsOutput, attentionOutput, instanceOutput, aggregate, topK, quantile, labels, patchSpan },
    ...{ attention: toFiles(args.attention), out, overwrite, threads, device },
  };
  checkWithFlags(FLAGS, () => resolvePredictSlides(config));
  return config;
}

function toFiles(asked: PredictSlidesArguments['attention']): AttentionFile[] | undefined {
  const files = asked?.filter((file) => file !== 'none');
  if (asked?.includes('none') && asked.length > 1)
    throw new UsageError('--attention none stands alone', { hint: 'leave the other files out' });
  return files;
}
