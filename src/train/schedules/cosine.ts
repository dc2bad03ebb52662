import { checkInteger, checkNumber } from '../../utils/options.ts';
import { createTimedSchedule, type Schedule } from './schedule.ts';
import { getWarmUp } from './warm-up.ts';

export interface CosineOptions {
  rate: number;
  /** All steps of the run, those of the rise included. */
  totalSteps: number;
  /** Default 0. */
  warmUpSteps?: number;
  /** Rate at `totalSteps` and after. Default 1e-6. */
  minRate?: number;
}

/** A rise in a straight line, then half a cosine down to `minRate` (I. Loshchilov & F. Hutter, SGDR, 2017). @throws OptionError */
export function createCosineSchedule(options: CosineOptions): Schedule {
  const rate = checkNumber('rate', options.rate, { above: 0 });
  const totalSteps = checkInteger('totalSteps', options.totalSteps, { min: 1 });
  const warmUpSteps = checkInteger('warmUpSteps', options.warmUpSteps ?? 0, { min: 0, max: totalSteps - 1 });
  const minRate = checkNumber('minRate', options.minRate ?? 1e-6, { min: 0, max: rate });
  return createTimedSchedule(({ step }) => {
    if (step < warmUpSteps) return rate * getWarmUp(step, warmUpSteps);
    const share = Math.min(1, (step - warmUpSteps) / (totalSteps - warmUpSteps));
    return minRate + ((rate - minRate) * (1 + Math.cos(Math.PI * share))) / 2;
  });
}
