import type { PixelBox } from './box-sums.ts';

/** A line along the inside of a box. */
export interface BoxStroke {
  /** As `packColor` gives it. */
  readonly color: number;
  /** Pixels. */
  readonly width: number;
}

/** Red, green, blue and alpha (0 to 255) as one number of a `Uint32Array` over RGBA bytes, in this machine's order. */
export function packColor(color: readonly [number, number, number, number]): number {
  return new Uint32Array(Uint8Array.from(color).buffer)[0]!;
}

/**
 * Draws the border of a box into the pixels of a square tile, over what is there. Ends are rounded to whole pixels: lines are
 * sharp, and boxes that touch on the slide touch here.
 */
export function strokeBox(pixels: Uint32Array, box: PixelBox, { color, width }: BoxStroke): void {
  const size = Math.sqrt(pixels.length);
  const left = Math.round(box[0]!);
  const top = Math.round(box[1]!);
  const right = Math.max(left + 1, Math.round(box[2]!));
  const bottom = Math.max(top + 1, Math.round(box[3]!));
  for (let y = Math.max(0, top); y < Math.min(size, bottom); y++) {
    const row = y * size;
    const fill = (from: number, to: number): void => {
      pixels.fill(color, row + Math.max(0, from), row + Math.max(0, Math.min(size, to)));
    };
    if (y < top + width || y >= bottom - width) fill(left, right);
    else {
      fill(left, Math.min(right, left + width));
      fill(Math.max(left, right - width), right);
    }
  }
}
