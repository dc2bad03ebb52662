import { encodeImage } from '../../../io/encode-image.ts';
import { packBlock } from '../pack-block.ts';
import type { PatchWriter } from '../patch-writer.ts';

export const webpWriter: PatchWriter = {
  extension: '.webp',
  createEncoder: ({ quality }) => ({
    encode: (block) => encodeImage(packBlock(block), { format: 'webp', quality }),
  }),
};
