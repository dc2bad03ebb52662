import { DEVICE_CHOICES } from '../../../onnx/open-on-device.ts';
import { LEARNING_DEFAULTS } from '../../../train/loop/learning-options.ts';
import { PHASE1_DEFAULTS } from '../../../train/train-phase1/options.ts';
import type { OptionTable } from '../../option-table.ts';

const run = 'Run:';

/** Where either phase writes, and how it goes on. */
export const RUN_OPTIONS = {
  out: {
    type: 'string',
    describe: 'folder for the model, checkpoints and figures',
    required: true,
    group: run,
    alias: 'o',
  },
  resume: { type: 'boolean', describe: 'go on with the unfinished training in --out, or begin one', group: run },
  overwrite: { type: 'boolean', describe: 'replace another training in --out', group: run },
  threads: { type: 'number', describe: 'threads of onnxruntime', default: 'one a core', group: run },
  checkpointEvery: {
    type: 'number',
    describe: 'steps between two checkpoints within an epoch',
    default: LEARNING_DEFAULTS.checkpointEvery,
    group: run,
  },
} as const satisfies OptionTable;

/** What reads and computes in phase 1. */
export const PICTURE_RUN_OPTIONS = {
  workers: {
    type: 'number',
    describe: 'threads that read pictures; 0 for none',
    default: PHASE1_DEFAULTS.workers,
    group: run,
  },
  device: {
    type: 'string',
    choices: DEVICE_CHOICES,
    describe:
      'what computes; auto takes the first of them that works. So far webgpu was run by a driver in software only, and cuda never',
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
  logEvery: {
    type: 'number',
    describe: 'batches between two lines of metrics.jsonl within an epoch',
    default: PHASE1_DEFAULTS.logEvery,
    group: run,
  },
} as const satisfies OptionTable;
