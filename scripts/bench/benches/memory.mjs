// Peak memory of whole processes with two workers, and whether it grows with the number of patches.
import { MEMORY_CASES } from '../cases/memory.mjs';
import { createCases } from '../lib/cases.mjs';
import { WORK_OPTIONS } from '../lib/patch-work.mjs';

export const name = 'memory';
export const describe =
  'peak memory with two workers, ours beside OpenSlide + Pillow, and its growth over 40,000 patches';
/** Bytes for the slide of 100,000 x 90,000 pixels and the patches of both sides. */
export const space = 4e9;
export const { options, run } = createCases(MEMORY_CASES, {
  slide: { type: 'string', describe: 'FILE: cut this slide instead of a generated one of 50,000 x 40,000' },
  'huge-slide': { type: 'string', describe: 'FILE: cut this slide instead of a generated one of 100,000 x 90,000' },
  ...WORK_OPTIONS,
});
