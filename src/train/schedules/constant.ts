import { checkInteger, checkNumber } from '../../utils/options.ts';
import { createTimedSchedule, type Schedule } from './schedule.ts';
import { getWarmUp } from './warm-up.ts';

export interface ConstantOptions {
  rate: number;
  /** Steps at the start over which the rate rises. Default 0. */
  warmUpSteps?: number;
}

/** The same rate throughout. @throws OptionError */
export function createConstantSchedule(options: ConstantOptions): Schedule {
  const rate = checkNumber('rate', options.rate, { above: 0 });
  const warmUpSteps = checkInteger('warmUpSteps', options.warmUpSteps ?? 0, { min: 0 });
  return createTimedSchedule(({ step }) => rate * getWarmUp(step, warmUpSteps));
}
