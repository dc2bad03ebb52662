// Stain normalisation beside NumPy and torch, and beside itself with every array kept.
import { STAIN_MEMORY_CASES } from '../cases/stain-memory.mjs';
import { STAIN_PATCH_CASES } from '../cases/stain-patches.mjs';
import { STAIN_SPEED_CASES } from '../cases/stain-speed.mjs';
import { createCases } from '../lib/cases.mjs';
import { WORK_OPTIONS } from '../lib/patch-work.mjs';

export const name = 'stain';
export const describe =
  "images per CPU-second of Macenko's method, ours beside NumPy and torch; memory beside plain arrays; what it adds to patches";
export const { options, run } = createCases(
  { ...STAIN_SPEED_CASES, ...STAIN_MEMORY_CASES, ...STAIN_PATCH_CASES },
  {
    reps: { type: 'string', describe: 'N: images that each side normalises in a run, 200 by default' },
    ...WORK_OPTIONS,
  },
);
