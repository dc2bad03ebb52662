import { encodeWidePng } from '../../../io/encode-wide-png.ts';
import type { PatchWriter } from '../patch-writer.ts';

/** Samples of one channel, two bytes each, as they are. */
export const widePngWriter: PatchWriter = {
  extension: '.png',
  createEncoder: () => ({
    encode({ pixels, pitch, width, height }) {
      const bytes = new Uint8Array(width * height * 2);
      for (let row = 0; row < height; row++)
        bytes.set(pixels.subarray(row * pitch, row * pitch + width * 2), row * width * 2);
      return encodeWidePng(new Uint16Array(bytes.buffer), width, height);
    },
  }),
};
