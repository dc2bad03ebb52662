// Patches of a slide, ours beside what is used today: OpenSlide + Pillow, and vips dzsave.
import { BUFFER_CASES } from '../cases/buffers.mjs';
import { DZSAVE_CASES } from '../cases/dzsave.mjs';
import { FILE_CASES } from '../cases/files.mjs';
import { PASSTHROUGH_CASES } from '../cases/passthrough.mjs';
import { createCases } from '../lib/cases.mjs';
import { WORK_OPTIONS } from '../lib/patch-work.mjs';

const CASES = { ...FILE_CASES, ...BUFFER_CASES, ...PASSTHROUGH_CASES, ...DZSAVE_CASES };

export const name = 'patches';
export const describe = 'patches per CPU-second, wall time and memory, ours beside OpenSlide + Pillow and vips dzsave';
export const { options, run } = createCases(CASES, {
  slide: { type: 'string', describe: 'FILE: cut this slide of 256-px YCbCr tiles, 0.25 microns, not a generated one' },
  'rgb-slide': { type: 'string', describe: 'FILE: cut this slide of RGB JPEG tiles instead of a generated one' },
  ...WORK_OPTIONS,
});
