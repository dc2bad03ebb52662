import { BALANCE_CHOICES, LOSS_CHOICES, WATCH_CHOICES } from '../../../train/loop/learning-options.ts';
import { OPTIMIZER_NAMES } from '../../../train/optimizers.ts';
import { SCHEDULE_NAMES } from '../../../train/schedules.ts';
import type { PHASE1_DEFAULTS } from '../../../train/train-phase1/options.ts';
import type { PHASE2_DEFAULTS } from '../../../train/train-phase2/options.ts';
import type { OptionTable } from '../../option-table.ts';

const learning = 'Learning:';

type Defaults = typeof PHASE1_DEFAULTS | typeof PHASE2_DEFAULTS;

/** How it learns, in either phase. */
export function createLearningOptions(defaults: Defaults) {
  return { ...createStepOptions(defaults), ...createAimOptions(defaults) } as const satisfies OptionTable;
}

/** How weights follow their gradients. */
function createStepOptions(defaults: Defaults) {
  return {
    epochs: { type: 'number', describe: 'at most', default: defaults.epochs, group: learning },
    optimizer: {
      type: 'string',
      choices: OPTIMIZER_NAMES,
      describe: 'how weights follow their gradients',
      default: defaults.optimizer,
      group: learning,
    },
    rate: { type: 'number', describe: 'learning rate, at its highest', default: defaults.rate, group: learning },
    schedule: {
      type: 'string',
      choices: SCHEDULE_NAMES,
      describe: 'how the rate goes on',
      default: defaults.schedule,
      group: learning,
    },
    warmUpShare: {
      type: 'number',
      describe: 'share of all steps over which the rate rises',
      default: defaults.warmUpShare,
      group: learning,
    },
    minRate: {
      type: 'number',
      describe: 'cosine and plateau: the rate does not fall below it',
      default: defaults.minRate,
      group: learning,
    },
    dropFactor: {
      type: 'number',
      describe: 'step and plateau: what the rate is multiplied by',
      default: defaults.dropFactor,
      group: learning,
    },
    dropEpochs: {
      type: 'number',
      describe: 'step: epochs between two drops; plateau: epochs without progress before one',
      default: defaults.dropEpochs,
      group: learning,
    },
    weightDecay: {
      type: 'number',
      describe: 'of matrices and kernels; biases and scales have none',
      default: defaults.weightDecay,
      group: learning,
    },
    clipNorm: {
      type: 'number',
      describe: 'longest common length of the gradients; 0 for any',
      default: defaults.clipNorm,
      group: learning,
    },
    averageDecay: {
      type: 'number',
      describe: 'share that a moving average of the weights keeps in each step, such as 0.999; 0 for none',
      default: defaults.averageDecay,
      group: learning,
    },
  } as const satisfies OptionTable;
}

/** What is made small, and when that ends. */
function createAimOptions(defaults: Defaults) {
  return {
    loss: {
      type: 'string',
      choices: LOSS_CHOICES,
      describe: 'what is made small',
      default: defaults.loss,
      group: learning,
    },
    balance: {
      type: 'string',
      choices: BALANCE_CHOICES,
      describe: 'what makes rare classes count: nothing, weights of the loss, or drawing them more often',
      default: defaults.balance,
      group: learning,
    },
    watch: {
      type: 'string',
      choices: WATCH_CHOICES,
      describe: 'figure of the validation set that says which epoch is best',
      default: defaults.watch,
      group: learning,
    },
    patience: {
      type: 'number',
      describe: 'epochs without progress after which the training ends; 0 for none',
      default: defaults.patience,
      group: learning,
    },
    seed: {
      type: 'number',
      describe: 'of everything that is random',
      default: defaults.seed,
      group: learning,
    },
  } as const satisfies OptionTable;
}
