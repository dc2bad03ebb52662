import { PHASE1_DEFAULTS } from '../../../train/train-phase1/options.ts';
import type { OptionTable } from '../../option-table.ts';

const learning = 'Learning:';

/** How pictures come to a step. */
export const BATCH_OPTIONS = {
  batchSize: { type: 'number', describe: 'pictures of a batch', default: PHASE1_DEFAULTS.batchSize, group: learning },
  accumulate: {
    type: 'number',
    describe: 'batches whose gradients make one step',
    default: PHASE1_DEFAULTS.accumulate,
    group: learning,
  },
  layerDecay: {
    type: 'number',
    describe: 'each layer learns by this factor slower than the one above it',
    default: PHASE1_DEFAULTS.layerDecay,
    group: learning,
  },
} as const satisfies OptionTable;
