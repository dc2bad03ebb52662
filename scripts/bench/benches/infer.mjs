// Scores of a batch of pictures on the processor, ours beside eager PyTorch.
import { INFER_CASES } from '../cases/infer.mjs';
import { createCases } from '../lib/cases.mjs';

export const name = 'infer';
export const describe = 'images per CPU-second of ResNet-18 in batches of 32, one thread, ours beside PyTorch';
export const { options, run } = createCases(INFER_CASES, {
  reps: { type: 'string', describe: 'N: batches that each side scores in a run; by default 20, or 4 of 224 px' },
});
