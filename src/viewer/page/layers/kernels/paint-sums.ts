import type { BoxSums } from './box-sums.ts';

/** Area that rounding leaves where boxes have ended; a pixel with less has nothing on it. */
const NOTHING = 1e-6;

/** How means become colours. */
export interface ValuePaint {
  /** 256 colours of three bytes; the first is `low`, the last `high`, and of what lies beyond. */
  readonly table: Uint8Array;
  readonly low: number;
  readonly high: number;
  /** Of a pixel that is covered: 0 to 255. */
  readonly alpha: number;
}

/** Paints the mean of channel 0 of finished sums into RGBA pixels (not premultiplied) that are clear. */
export function paintValues({ size, channels, data }: BoxSums, rgba: Uint8ClampedArray, paint: ValuePaint): void {
  const { table, low, high, alpha } = paint;
  const scale = high > low ? 255 / (high - low) : 0;
  for (let row = 0, to = 0; row < size; row++) {
    let from = row * (size + 2) * (1 + channels);
    for (let col = 0; col < size; col++, to += 4, from += 1 + channels) {
      const area = data[from]!;
      if (area < NOTHING) continue;
      const share = (data[from + 1]! / area - low) * scale;
      const entry = 3 * Math.round(Math.min(255, Math.max(0, share)));
      rgba[to] = table[entry]!;
      rgba[to + 1] = table[entry + 1]!;
      rgba[to + 2] = table[entry + 2]!;
      rgba[to + 3] = Math.min(1, area) * alpha;
    }
  }
}

/** Paints the mean colour, of channels 0 to 2, into RGBA pixels that are clear; `alpha` is that of a covered pixel, 0 to 255. */
export function paintColors({ size, channels, data }: BoxSums, rgba: Uint8ClampedArray, alpha: number): void {
  for (let row = 0, to = 0; row < size; row++) {
    let from = row * (size + 2) * (1 + channels);
    for (let col = 0; col < size; col++, to += 4, from += 1 + channels) {
      const area = data[from]!;
      if (area < NOTHING) continue;
      rgba[to] = data[from + 1]! / area;
      rgba[to + 1] = data[from + 2]! / area;
      rgba[to + 2] = data[from + 3]! / area;
      rgba[to + 3] = Math.min(1, area) * alpha;
    }
  }
}
