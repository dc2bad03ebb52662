import { LEARNING_DEFAULTS } from '../../../train/loop/learning-options.ts';
import type { OptionTable } from '../../option-table.ts';

const data = 'Data:';

/** How examples are split, in either phase. */
export const FOLD_OPTIONS = {
  folds: {
    type: 'number',
    describe: 'parts that the examples are split in, by patient',
    default: LEARNING_DEFAULTS.folds,
    group: data,
  },
  fold: {
    type: 'string',
    describe: 'which of them the model is judged by, from 0; all trains once for each, and puts their figures together',
    default: LEARNING_DEFAULTS.fold,
    group: data,
  },
  classNames: { type: 'strings', describe: 'classes in their order', default: 'as the labels say', group: data },
} as const satisfies OptionTable;
