import { checkValidateOptions } from '../../../preprocessing/validate-slide/options.ts';
import { checkWithFlags } from '../../options/convert.ts';

/** Given options only. @throws UsageError */
export function toValidateOptions(args: {
  readonly sample: number | undefined;
  readonly seed: number | undefined;
  readonly compareLevels: boolean | undefined;
  readonly workers: number | undefined;
}) {
  const { sample, seed, compareLevels, workers } = args;
  const given = { sample, seed, compareLevels, workers };
  checkWithFlags({}, () => checkValidateOptions(given));
  return given;
}
