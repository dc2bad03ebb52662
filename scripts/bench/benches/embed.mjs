// Features of a slide's patches on the processor, ours beside OpenSlide, Pillow, torchvision's transforms and eager PyTorch.
import { EMBED_CASES } from '../cases/embed.mjs';
import { createCases } from '../lib/cases.mjs';

export const name = 'embed';
export const describe =
  'patches per second from slide to features, on two cores and one, ours beside OpenSlide + PyTorch; and the sum of its parts';
export const { options, run } = createCases(EMBED_CASES, {
  slide: {
    type: 'string',
    describe: 'FILE: embed this slide of 256-px YCbCr tiles, 0.25 microns, not a generated one',
  },
  limit: { type: 'string', describe: 'N: so many patches in each case in place of its own number' },
});
