import { createPngEncoder } from '../../../io/kernels/png-encode.ts';
import type { PatchWriter } from '../patch-writer.ts';

export const pngWriter: PatchWriter = {
  extension: '.png',
  createEncoder: ({ size, kernels }) => createPngEncoder(kernels, { maxWidth: size, maxHeight: size }),
};
