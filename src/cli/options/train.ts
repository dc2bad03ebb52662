import { PHASE1_DEFAULTS } from '../../train/train-phase1/options.ts';
import { PHASE2_DEFAULTS } from '../../train/train-phase2/options.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { BATCH_OPTIONS } from './train/batches.ts';
import { DATA_OPTIONS, MODEL_OPTIONS } from './train/data.ts';
import { FOLD_OPTIONS } from './train/folds.ts';
import { createLearningOptions } from './train/learning.ts';
import { PICTURE_OPTIONS } from './train/pictures.ts';
import { PICTURE_RUN_OPTIONS, RUN_OPTIONS } from './train/run.ts';
import { BAG_OPTIONS, SLIDE_MODEL_OPTIONS, SLIDE_OPTIONS } from './train/slides.ts';

/** Options of `train phase1`, each one of `trainPhase1`. */
export const TRAIN_PHASE1_OPTIONS = {
  ...DATA_OPTIONS,
  ...FOLD_OPTIONS,
  ...MODEL_OPTIONS,
  ...createLearningOptions(PHASE1_DEFAULTS),
  ...BATCH_OPTIONS,
  ...PICTURE_OPTIONS,
  ...RUN_OPTIONS,
  ...PICTURE_RUN_OPTIONS,
} as const satisfies OptionTable;

export type TrainPhase1Arguments = ParsedOptions<typeof TRAIN_PHASE1_OPTIONS>;

/** Options of `train phase2`, each one of `trainPhase2`. */
export const TRAIN_PHASE2_OPTIONS = {
  ...SLIDE_OPTIONS,
  ...FOLD_OPTIONS,
  ...SLIDE_MODEL_OPTIONS,
  ...createLearningOptions(PHASE2_DEFAULTS),
  ...BAG_OPTIONS,
  ...RUN_OPTIONS,
} as const satisfies OptionTable;

export type TrainPhase2Arguments = ParsedOptions<typeof TRAIN_PHASE2_OPTIONS>;
