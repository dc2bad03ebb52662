import { OPTIMIZER_NAMES } from '../../../train/optimizers.ts';
import { SCHEDULE_NAMES } from '../../../train/schedules.ts';
import { BALANCE_CHOICES, LOSS_CHOICES, PHASE1_DEFAULTS, WATCH_CHOICES } from '../../../train/train-phase1/options.ts';
import type { OptionTable } from '../../option-table.ts';

const learning = 'Learning:';

/** How it learns. */
export const LEARNING_OPTIONS = {
  epochs: { type: 'number', describe: 'at most', default: PHASE1_DEFAULTS.epochs, group: learning },
  batchSize: { type: 'number', describe: 'pictures of a batch', default: PHASE1_DEFAULTS.batchSize, group: learning },
  accumulate: {
    type: 'number',
    describe: 'batches whose gradients make one step',
    default: PHASE1_DEFAULTS.accumulate,
    group: learning,
  },
  optimizer: {
    type: 'string',
    choices: OPTIMIZER_NAMES,
    describe: 'how weights follow their gradients',
    default: PHASE1_DEFAULTS.optimizer,
    group: learning,
  },
  rate: { type: 'number', describe: 'learning rate, at its highest', default: PHASE1_DEFAULTS.rate, group: learning },
  schedule: {
    type: 'string',
    choices: SCHEDULE_NAMES,
    describe: 'how the rate goes on',
    default: PHASE1_DEFAULTS.schedule,
    group: learning,
  },
  warmUpShare: {
    type: 'number',
    describe: 'share of all steps over which the rate rises',
    default: PHASE1_DEFAULTS.warmUpShare,
    group: learning,
  },
  minRate: {
    type: 'number',
    describe: 'cosine and plateau: the rate does not fall below it',
    default: PHASE1_DEFAULTS.minRate,
    group: learning,
  },
  dropFactor: {
    type: 'number',
    describe: 'step and plateau: what the rate is multiplied by',
    default: PHASE1_DEFAULTS.dropFactor,
    group: learning,
  },
  dropEpochs: {
    type: 'number',
    describe: 'step: epochs between two drops; plateau: epochs without progress before one',
    default: PHASE1_DEFAULTS.dropEpochs,
    group: learning,
  },
  weightDecay: {
    type: 'number',
    describe: 'of matrices and kernels; biases and scales have none',
    default: PHASE1_DEFAULTS.weightDecay,
    group: learning,
  },
  layerDecay: {
    type: 'number',
    describe: 'each layer learns by this factor slower than the one above it',
    default: PHASE1_DEFAULTS.layerDecay,
    group: learning,
  },
  clipNorm: {
    type: 'number',
    describe: 'longest common length of the gradients; 0 for any',
    default: PHASE1_DEFAULTS.clipNorm,
    group: learning,
  },
  averageDecay: {
    type: 'number',
    describe: 'share that a moving average of the weights keeps in each step, such as 0.999; 0 for none',
    default: PHASE1_DEFAULTS.averageDecay,
    group: learning,
  },
  loss: {
    type: 'string',
    choices: LOSS_CHOICES,
    describe: 'what is made small',
    default: PHASE1_DEFAULTS.loss,
    group: learning,
  },
  balance: {
    type: 'string',
    choices: BALANCE_CHOICES,
    describe: 'what makes rare classes count: nothing, weights of the loss, or drawing them more often',
    default: PHASE1_DEFAULTS.balance,
    group: learning,
  },
  watch: {
    type: 'string',
    choices: WATCH_CHOICES,
    describe: 'figure of the validation set that says which epoch is best',
    default: PHASE1_DEFAULTS.watch,
    group: learning,
  },
  patience: {
    type: 'number',
    describe: 'epochs without progress after which the training ends; 0 for none',
    default: PHASE1_DEFAULTS.patience,
    group: learning,
  },
  seed: {
    type: 'number',
    describe: 'of everything that is random',
    default: PHASE1_DEFAULTS.seed,
    group: learning,
  },
} as const satisfies OptionTable;
