// Stain normalisation beside NumPy and torch, and beside itself with every array kept.
import { STAIN_MEMORY_CASES } from '../cases/stain-memory.mjs';
import { STAIN_SPEED_CASES } from '../cases/stain-speed.mjs';
import { createCases } from '../lib/cases.mjs';

export const name = 'stain';
export const describe =
  "images per CPU-second of Macenko's method, ours beside NumPy and torch; memory beside plain arrays";
export const { options, run } = createCases(
  { ...STAIN_SPEED_CASES, ...STAIN_MEMORY_CASES },
  { reps: { type: 'string', describe: 'N: images that each side normalises in a run, 200 by default' } },
);
