import { encodeImage } from '../../../io/encode-image.ts';
import type { PatchWriter } from '../patch-writer.ts';

export const jpegWriter: PatchWriter = {
  extension: '.jpg',
  encode: (raster, { quality }) => encodeImage(raster, { format: 'jpeg', quality }),
};
