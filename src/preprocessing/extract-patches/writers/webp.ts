import { encodeImage } from '../../../io/encode-image.ts';
import type { PatchWriter } from '../patch-writer.ts';

export const webpWriter: PatchWriter = {
  extension: '.webp',
  encode: (raster, { quality }) => encodeImage(raster, { format: 'webp', quality }),
};
