import { createJpegEncoder } from '../../../io/kernels/jpeg-encode.ts';
import type { PatchWriter } from '../patch-writer.ts';

export const jpegWriter: PatchWriter = {
  extension: '.jpg',
  createEncoder: ({ size, quality, kernels }) =>
    createJpegEncoder(kernels, { maxWidth: size, maxHeight: size, quality }),
};
