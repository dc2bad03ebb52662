import { encodeImage } from '../../../io/encode-image.ts';
import type { PatchWriter } from '../patch-writer.ts';

export const pngWriter: PatchWriter = {
  extension: '.png',
  encode: (raster) => encodeImage(raster, { format: 'png' }),
};
