import { MODEL_NAMES } from '../../onnx/models.ts';
import { DEVICE_CHOICES } from '../../onnx/open-on-device.ts';
import { AUGMENT_PICTURE_DEFAULTS, TURN_CHOICES } from '../../train/batches/augment-options.ts';
import { BAD_IMAGE_CHOICES } from '../../train/data/check-images.ts';
import { OPTIMIZER_NAMES } from '../../train/optimizers.ts';
import { SCHEDULE_NAMES } from '../../train/schedules.ts';
import { BALANCE_CHOICES, LOSS_CHOICES, PHASE1_DEFAULTS, WATCH_CHOICES } from '../../train/train-phase1/options.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';

const data = 'Data:';
const model = 'Model:';
const learning = 'Learning:';
const pictures = 'Pictures, changed at random:';
const run = 'Run:';

const DATA_OPTIONS = {
  train: {
    type: 'string',
    describe: 'table of pictures (path, label, patient or slide), or the output folder of patches',
    required: true,
    group: data,
  },
  validation: {
    type: 'string',
    describe: 'table of the pictures that the model is judged by',
    default: 'a fold of --train, by patient',
    group: data,
  },
  slideLabels: {
    type: 'string',
    describe: 'with folders of patches: table of slides (slide, label, patient)',
    group: data,
  },
  folds: {
    type: 'number',
    describe: 'parts that --train is split in, by patient',
    default: PHASE1_DEFAULTS.folds,
    group: data,
  },
  fold: {
    type: 'number',
    describe: 'which of them the model is judged by, from 0',
    default: PHASE1_DEFAULTS.fold,
    group: data,
  },
  imageRoot: {
    type: 'string',
    describe: 'folder that the paths of the tables start at',
    default: "the table's own",
    group: data,
  },
  classNames: { type: 'strings', describe: 'classes in their order', default: 'as the labels say', group: data },
  onBadImage: {
    type: 'string',
    choices: BAD_IMAGE_CHOICES,
    describe: "a picture that can't be read ends the run, or is left out and listed",
    default: PHASE1_DEFAULTS.onBadImage,
    group: data,
  },
} as const satisfies OptionTable;

const MODEL_OPTIONS = {
  model: {
    type: 'string',
    describe: `${MODEL_NAMES.join(', ')}, or an ONNX file that gives logits`,
    required: true,
    group: model,
  },
  inputSize: {
    type: 'number',
    describe: "pixels of a side of the model's input, where the model leaves it open",
    default: PHASE1_DEFAULTS.inputSize,
    group: model,
  },
  inputMpp: { type: 'number', describe: 'microns per pixel of the patches, for the model card', group: model },
  mean: {
    type: 'numbers',
    describe: 'of red, green and blue',
    default: "of the model's card, else ImageNet's",
    group: model,
  },
  std: {
    type: 'numbers',
    describe: 'of red, green and blue',
    default: "of the model's card, else ImageNet's",
    group: model,
  },
  newHead: {
    type: 'boolean',
    describe: 'a new last layer, of as many classes as the data has, in place of that of the ONNX file',
    group: model,
  },
  trained: {
    type: 'string',
    describe: 'what learns: all, the head, or how many of the last layers',
    default: PHASE1_DEFAULTS.trained,
    group: model,
  },
} as const satisfies OptionTable;

const LEARNING_OPTIONS = {
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

const PICTURE_OPTIONS = {
  augment: {
    type: 'boolean',
    describe: 'change pictures; --no-augment takes them as they are',
    default: true,
    group: pictures,
  },
  turns: {
    type: 'string',
    choices: TURN_CHOICES,
    describe: 'flips alone, or turned by quarters too',
    default: AUGMENT_PICTURE_DEFAULTS.turns,
    group: pictures,
  },
  cropScale: {
    type: 'number',
    describe: 'least share of the area that a crop keeps',
    default: AUGMENT_PICTURE_DEFAULTS.cropScale,
    group: pictures,
  },
  brightness: {
    type: 'number',
    describe: 'factor, 1 ± up to this',
    default: AUGMENT_PICTURE_DEFAULTS.brightness,
    group: pictures,
  },
  contrast: {
    type: 'number',
    describe: 'factor, 1 ± up to this',
    default: AUGMENT_PICTURE_DEFAULTS.contrast,
    group: pictures,
  },
  saturation: {
    type: 'number',
    describe: 'factor, 1 ± up to this',
    default: AUGMENT_PICTURE_DEFAULTS.saturation,
    group: pictures,
  },
  hue: {
    type: 'number',
    describe: 'share of a turn of the colour wheel',
    default: AUGMENT_PICTURE_DEFAULTS.hue,
    group: pictures,
  },
  stainFactor: {
    type: 'number',
    describe: 'factor of the amount of each stain, 1 ± up to this',
    default: AUGMENT_PICTURE_DEFAULTS.stainFactor,
    group: pictures,
  },
  stainShift: {
    type: 'number',
    describe: 'optical density that is added or taken away',
    default: AUGMENT_PICTURE_DEFAULTS.stainShift,
    group: pictures,
  },
  mixup: {
    type: 'number',
    describe: 'alpha of mixup; 0 for none',
    default: PHASE1_DEFAULTS.mixup,
    group: pictures,
  },
  labelSmoothing: {
    type: 'number',
    describe: 'share of each target that is spread over all classes',
    default: PHASE1_DEFAULTS.labelSmoothing,
    group: pictures,
  },
} as const satisfies OptionTable;

const RUN_OPTIONS = {
  out: {
    type: 'string',
    describe: 'folder for the model, checkpoints and figures',
    required: true,
    group: run,
    alias: 'o',
  },
  resume: { type: 'boolean', describe: 'go on with the unfinished training in --out, or begin one', group: run },
  overwrite: { type: 'boolean', describe: 'replace another training in --out', group: run },
  workers: {
    type: 'number',
    describe: 'threads that read pictures; 0 for none',
    default: PHASE1_DEFAULTS.workers,
    group: run,
  },
  threads: { type: 'number', describe: 'threads of onnxruntime', default: 'one a core', group: run },
  device: {
    type: 'string',
    choices: DEVICE_CHOICES,
    describe: 'what computes; auto takes the first of them that works',
    default: PHASE1_DEFAULTS.device,
    group: run,
  },
  deterministic: {
    type: 'boolean',
    describe: 'refuse devices whose results differ from run to run: the processor only',
    group: run,
  },
  cleanupEvery: {
    type: 'number',
    describe: "batches after which onnxruntime's memory is given back; 0 for never",
    default: PHASE1_DEFAULTS.cleanupEvery,
    group: run,
  },
  checkpointEvery: {
    type: 'number',
    describe: 'steps between two checkpoints within an epoch',
    default: PHASE1_DEFAULTS.checkpointEvery,
    group: run,
  },
  logEvery: {
    type: 'number',
    describe: 'batches between two lines of metrics.jsonl within an epoch',
    default: PHASE1_DEFAULTS.logEvery,
    group: run,
  },
} as const satisfies OptionTable;

/** Options of `train phase1`, each one of `trainPhase1`. */
export const TRAIN_PHASE1_OPTIONS = {
  ...DATA_OPTIONS,
  ...MODEL_OPTIONS,
  ...LEARNING_OPTIONS,
  ...PICTURE_OPTIONS,
  ...RUN_OPTIONS,
} as const satisfies OptionTable;

export type TrainPhase1Arguments = ParsedOptions<typeof TRAIN_PHASE1_OPTIONS>;
