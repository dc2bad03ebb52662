import { checkChoice, checkInteger, checkNumber } from '../../utils/options.ts';
import type { Schedule } from './schedule.ts';
import { getWarmUp } from './warm-up.ts';

export interface PlateauOptions {
  rate: number;
  /** Whether the watched figure should fall (a loss) or rise (an AUC). Default `min`. */
  mode?: 'min' | 'max';
  /** What the rate is multiplied by. Default 0.1. */
  factor?: number;
  /** Epochs without progress that are borne. Default 10. */
  patience?: number;
  /** Progress is a change by more than this share of the best figure. Default 1e-4. */
  threshold?: number;
  /** Epochs after a drop in which nothing counts. Default 0. */
  coolDown?: number;
  minRate?: number;
  /** Steps at the start over which the rate rises. Default 0. */
  warmUpSteps?: number;
}

/** Drops of the rate smaller than this are not made, as in torch. */
const LEAST_DROP = 1e-8;

/** A rate that drops when the watched figure gets no better, as torch's `ReduceLROnPlateau`. @throws OptionError */
export function createPlateauSchedule(options: PlateauOptions): Schedule {
  const { rate, mode, factor, patience, threshold, coolDown, minRate, warmUpSteps } = checkOptions(options);
  const worst = mode === 'min' ? Number.MAX_VALUE : -Number.MAX_VALUE;
  let state = { rate, best: worst, bad: 0, cooling: 0 };
  const isBetter = (figure: number) => {
    const margin = threshold * Math.abs(state.best);
    if (state.best === worst) return Number.isFinite(figure);
    return mode === 'min' ? figure < state.best - margin : figure > state.best + margin;
  };
  return {
    getRate: ({ step }) => state.rate * getWarmUp(step, warmUpSteps),
    observe(figure) {
      const better = isBetter(figure);
      const cooling = Math.max(0, state.cooling - 1);
      const bad = better || state.cooling > 0 ? 0 : state.bad + 1;
      state = { ...state, best: better ? figure : state.best, bad, cooling };
      if (bad <= patience) return;
      const lower = Math.max(state.rate * factor, minRate);
      state = { ...state, rate: state.rate - lower > LEAST_DROP ? lower : state.rate, bad: 0, cooling: coolDown };
    },
    get state() {
      return state;
    },
    restore: (given) => {
      state = {
        rate: checkNumber('rate', given['rate']),
        best: checkNumber('best', given['best']),
        bad: checkInteger('bad', given['bad'], { min: 0 }),
        cooling: checkInteger('cooling', given['cooling'], { min: 0 }),
      };
    },
  };
}

function checkOptions(options: PlateauOptions) {
  const rate = checkNumber('rate', options.rate, { above: 0 });
  return {
    rate,
    mode: checkChoice('mode', options.mode ?? 'min', ['min', 'max'] as const),
    factor: checkNumber('factor', options.factor ?? 0.1, { above: 0, max: 1 }),
    patience: checkInteger('patience', options.patience ?? 10, { min: 0 }),
    threshold: checkNumber('threshold', options.threshold ?? 1e-4, { min: 0 }),
    coolDown: checkInteger('coolDown', options.coolDown ?? 0, { min: 0 }),
    minRate: checkNumber('minRate', options.minRate ?? 0, { min: 0, max: rate }),
    warmUpSteps: checkInteger('warmUpSteps', options.warmUpSteps ?? 0, { min: 0 }),
  };
}
