// Training steps on the processor, ours beside eager PyTorch; what memory does over thousands of them, and what is kept of them.
import { TRAIN_MEMORY_CASES } from '../cases/train-memory.mjs';
import { TRAIN_MODE_CASES } from '../cases/train-modes.mjs';
import { TRAIN_STEP_CASES } from '../cases/train-steps.mjs';
import { createCases } from '../lib/cases.mjs';

export const name = 'train';
export const describe =
  'training steps per CPU-second and memory, one thread, ours beside PyTorch; memory over 2,000 steps';
export const { options, run } = createCases(
  { ...TRAIN_STEP_CASES, ...TRAIN_MEMORY_CASES, ...TRAIN_MODE_CASES },
  { steps: { type: 'string', describe: 'N: steps that each side does in a run; by default 4 to 60, by model' } },
);
