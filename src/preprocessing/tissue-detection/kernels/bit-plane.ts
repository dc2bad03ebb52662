import type { Plane } from './plane.ts';

/** A mask of one bit a pixel: rows start at whole words, the leftmost pixel is the lowest bit, bits past a row are 0. */
export interface BitPlane {
  readonly width: number;
  readonly height: number;
  /** Words of a row. */
  readonly stride: number;
  readonly words: Int32Array;
}

/** `data` of 0 and 1. */
export function packBits({ width, height, data }: Plane): BitPlane {
  const stride = (width + 31) >> 5;
  const words = new Int32Array(stride * height);
  for (let y = 0, word = 0, p = 0; y < height; y++) {
    for (let left = width; left > 0; left -= 32) {
      const count = Math.min(32, left);
      let bits = 0;
      for (let i = 0; i < count; i++) bits |= data[p++]! << i;
      words[word++] = bits;
    }
  }
  return { width, height, stride, words };
}

export function unpackBits({ width, height, words }: BitPlane): Uint8Array {
  const data = new Uint8Array(width * height);
  for (let y = 0, word = 0, p = 0; y < height; y++) {
    for (let left = width; left > 0; left -= 32) {
      const bits = words[word++]!;
      const end = p + Math.min(32, left);
      if (bits === 0) p = end;
      for (let i = 0; p < end; i++) data[p++] = (bits >>> i) & 1;
    }
  }
  return data;
}

/** The bits of a row's last word that are pixels. */
export function getTailBits(width: number): number {
  return (width & 31) === 0 ? -1 : (1 << (width & 31)) - 1;
}
