import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { DATA_OPTIONS, MODEL_OPTIONS } from './train/data.ts';
import { LEARNING_OPTIONS } from './train/learning.ts';
import { PICTURE_OPTIONS } from './train/pictures.ts';
import { RUN_OPTIONS } from './train/run.ts';

/** Options of `train phase1`, each one of `trainPhase1`. */
export const TRAIN_PHASE1_OPTIONS = {
  ...DATA_OPTIONS,
  ...MODEL_OPTIONS,
  ...LEARNING_OPTIONS,
  ...PICTURE_OPTIONS,
  ...RUN_OPTIONS,
} as const satisfies OptionTable;

export type TrainPhase1Arguments = ParsedOptions<typeof TRAIN_PHASE1_OPTIONS>;
