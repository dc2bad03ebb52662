import { OptionError } from '../../utils/errors.ts';
import { checkInteger, checkNumber } from '../../utils/options.ts';
import { createTimedSchedule, type Schedule } from './schedule.ts';
import { getWarmUp } from './warm-up.ts';

export interface StepOptions {
  rate: number;
  /** Epochs between two drops, or the epochs at which it drops. */
  dropEpochs: number | readonly number[];
  /** What the rate is multiplied by at each drop. Default 0.1. */
  factor?: number;
  /** Steps at the start over which the rate rises. Default 0. */
  warmUpSteps?: number;
}

/** A rate that drops at the start of certain epochs. @throws OptionError */
export function createStepSchedule(options: StepOptions): Schedule {
  const rate = checkNumber('rate', options.rate, { above: 0 });
  const factor = checkNumber('factor', options.factor ?? 0.1, { above: 0, max: 1 });
  const warmUpSteps = checkInteger('warmUpSteps', options.warmUpSteps ?? 0, { min: 0 });
  const countDrops = createCounter(options.dropEpochs);
  return createTimedSchedule(({ step, epoch }) => rate * factor ** countDrops(epoch) * getWarmUp(step, warmUpSteps));
}

function createCounter(dropEpochs: StepOptions['dropEpochs']): (epoch: number) => number {
  if (typeof dropEpochs === 'number') {
    const every = checkInteger('dropEpochs', dropEpochs, { min: 1 });
    return (epoch) => Math.floor(epoch / every);
  }
  if (!Array.isArray(dropEpochs)) throw new OptionError('dropEpochs', 'a number or a list of epochs', dropEpochs);
  const drops = dropEpochs.map((epoch: unknown) => checkInteger('dropEpochs', epoch, { min: 1 }));
  return (epoch) => drops.filter((drop) => drop <= epoch).length;
}
