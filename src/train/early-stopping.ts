import { checkChoice, checkInteger, checkNumber } from '../utils/options.ts';

export interface EarlyStoppingOptions {
  /** Epochs without progress after which a run ends. */
  patience: number;
  /** Whether the watched figure should fall (a loss) or rise (an AUC). */
  mode: 'min' | 'max';
  /** Progress is a change by more than this. Default 0. */
  leastChange?: number;
}

export interface EarlyStoppingState {
  /** Undefined before the first epoch. */
  readonly best?: number | undefined;
  readonly bestEpoch: number;
  readonly badEpochs: number;
}

/** Watches a figure over epochs. */
export interface EarlyStopping {
  readonly state: EarlyStoppingState;
  readonly shouldStop: boolean;
  /** Takes in an epoch's figure. @returns whether it is the best so far; never for what is no number */
  observe(figure: number, epoch: number): boolean;
  restore(state: EarlyStoppingState): void;
}

/** @throws OptionError */
export function createEarlyStopping(options: EarlyStoppingOptions): EarlyStopping {
  const patience = checkInteger('patience', options.patience, { min: 1 });
  const mode = checkChoice('mode', options.mode, ['min', 'max'] as const);
  const leastChange = checkNumber('leastChange', options.leastChange ?? 0, { min: 0 });
  let state: EarlyStoppingState = { bestEpoch: -1, badEpochs: 0 };
  return {
    get state() {
      return state;
    },
    get shouldStop() {
      return state.badEpochs >= patience;
    },
    observe(figure, epoch) {
      const gain = state.best === undefined ? Infinity : mode === 'max' ? figure - state.best : state.best - figure;
      const better = Number.isFinite(figure) && gain > leastChange;
      state = better ? { best: figure, bestEpoch: epoch, badEpochs: 0 } : { ...state, badEpochs: state.badEpochs + 1 };
      return better;
    },
    restore(given) {
      state = { ...given };
    },
  };
}
