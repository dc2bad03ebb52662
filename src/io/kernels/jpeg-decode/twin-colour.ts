import type { JpegGeometry } from './geometry.ts';

/** A plane of samples; rows are `pitch` apart and may be longer than what belongs to the image. */
export interface Plane {
  readonly data: Uint8Array;
  readonly pitch: number;
}

/**
 * One row of a chroma plane at the width of luma, into `out`. Weights and rounding are those of libjpeg's "fancy" upsampling:
 * triangle filters that take 3/4 of the nearer sample and 1/4 of the further one, biased by turns.
 */
export function upsampleRow({ data, pitch }: Plane, y: number, { geometry, out }: UpsampleTarget): void {
  const { upsampling, chromaWidth, chromaHeight, lumaSide, chromaSide, width } = geometry;
  if (upsampling === 'none') {
    out.set(data.subarray(y * pitch, y * pitch + width));
    return;
  }
  const halved = geometry.unitRows === 2 * chromaSide && lumaSide === chromaSide;
  const near = (halved ? y >> 1 : y) * pitch;
  if (upsampling === 'repeat') {
    for (let x = 0; x < width; x++) out[x] = data[near + (x >> 1)]!;
    return;
  }
  const last = chromaWidth - 1;
  if (upsampling === 'h2v1') {
    for (let x = 0; x < width; x++) {
      const c = x >> 1;
      const further = x & 1 ? Math.min(c + 1, last) : Math.max(c - 1, 0);
      out[x] = (3 * data[near + c]! + data[near + further]! + 1 + (x & 1)) >> 2;
    }
    return;
  }
  const far = pitch * (y & 1 ? Math.min((y >> 1) + 1, chromaHeight - 1) : Math.max((y >> 1) - 1, 0));
  for (let x = 0; x < width; x++) {
    const c = x >> 1;
    const further = x & 1 ? Math.min(c + 1, last) : Math.max(c - 1, 0);
    const nearer = 3 * data[near + c]! + data[far + c]!;
    out[x] = (3 * nearer + 3 * data[near + further]! + data[far + further]! + 8 - (x & 1)) >> 4;
  }
}

export interface UpsampleTarget {
  /** `unitRows`: luma rows of a unit row. */
  readonly geometry: JpegGeometry & { readonly unitRows: number };
  readonly out: Uint8Array;
}

/** YCbCr to RGB (JFIF) in 16-bit fractions, rounded as libjpeg's tables: once for red and blue, once for the sum of green. */
export function convertPixel(out: Uint8Array, at: number, { y, cb, cr }: { y: number; cb: number; cr: number }): void {
  const blueness = cb - 128;
  const redness = cr - 128;
  out[at] = clamp(y + ((91_881 * redness + 32_768) >> 16));
  out[at + 1] = clamp(y + ((-22_554 * blueness - 46_802 * redness + 32_768) >> 16));
  out[at + 2] = clamp(y + ((116_130 * blueness + 32_768) >> 16));
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, value));
}
