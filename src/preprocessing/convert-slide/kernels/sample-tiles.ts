import type { SampleArray } from '../../../io/sample-raster.ts';

/** Interleaved samples, rows from the top. */
export interface SamplePlace {
  readonly data: SampleArray;
  /** Values from a row to the next. */
  readonly pitch: number;
  /** Of the first value. */
  readonly start: number;
}

/** Pixels, and values of each. */
export interface SampleShape {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
}

/**
 * Means of 2 x 2 pixels, halves of whole numbers rounded up; an odd last row or column is left out.
 * @param shape of the source. `whole`: the samples are whole numbers.
 */
export function halve(
  source: SamplePlace,
  { width, height, samples, whole }: SampleShape & { readonly whole: boolean },
  target: SamplePlace,
): void {
  const { data, pitch, start } = source;
  const values = (width >> 1) * samples;
  for (let row = 0; row < height >> 1; row++) {
    let at = start + 2 * row * pitch;
    let out = target.start + row * target.pitch;
    for (const end = out + values; out < end; at += samples) {
      for (let sample = 0; sample < samples; sample++, at++, out++) {
        const sum = data[at]! + data[at + samples]! + data[at + pitch]! + data[at + pitch + samples]!;
        target.data[out] = whole ? Math.floor((sum + 2) / 4) : sum / 4;
      }
    }
  }
}

/**
 * Fills `tile`, of `size` pixels a side, from its top left; what it has beyond the source repeats the last column and row,
 * which keeps the rings of JPEG away from them.
 */
export function cutTile(
  source: SamplePlace,
  { width, height, samples }: SampleShape,
  { tile, size }: { tile: SampleArray; size: number },
): void {
  const values = size * samples;
  for (let row = 0; row < height; row++) {
    const from = source.start + row * source.pitch;
    tile.set(source.data.subarray(from, from + width * samples), row * values);
    const end = row * values + width * samples;
    for (let at = end; at < (row + 1) * values; at++) tile[at] = tile[at - samples]!;
  }
  for (let row = height; row < size; row++) tile.copyWithin(row * values, (height - 1) * values, height * values);
}

/** The first of three samples of each pixel. */
export function pickGrey(data: Uint8Array): Uint8Array {
  const grey = new Uint8Array(data.length / 3);
  for (let i = 0; i < grey.length; i++) grey[i] = data[3 * i]!;
  return grey;
}

/** Whether all pixels are the same. */
export function isFlat(data: SampleArray, samples: number): boolean {
  for (let i = samples; i < data.length; i++) if (data[i] !== data[i - samples]) return false;
  return true;
}

/** Replaces each value by its difference to that of the pixel on its left (predictor 2), in place. `pitch` values a row. */
export function applyDifferences(data: SampleArray, pitch: number, samples: number): void {
  for (let row = 0; row < data.length; row += pitch)
    for (let i = row + pitch - 1; i >= row + samples; i--) data[i] = data[i]! - data[i - samples]!;
}
