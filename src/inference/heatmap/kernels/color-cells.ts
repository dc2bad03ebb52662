import type { ScoreCells } from './score-cells.ts';

export interface CellColors {
  /** 256 colours of three bytes. */
  readonly table: Uint8Array;
  /** 0..1, of pixels that patches lie on all over. */
  readonly alpha: number;
  /** Pixels of a smaller share stay transparent. */
  readonly threshold: number;
}

/**
 * Pixels of red, green, blue and alpha (not multiplied) from the first `pixels` cells. A pixel's share takes the nearest of 256
 * colours; alpha goes with the part of it that patches lie on.
 * @returns whether anything is drawn
 */
export function colorCells(
  { sums, weights, cover }: ScoreCells,
  { table, alpha, threshold }: CellColors,
  { pixels, out }: { pixels: number; out: Uint8Array },
): boolean {
  let drawn = false;
  for (let i = 0; i < pixels; i++) {
    const share = cover[i]! > 0 && weights[i]! > 0 ? sums[i]! / weights[i]! : -1;
    const at = i * 4;
    if (share < threshold || share < 0) {
      out.fill(0, at, at + 4);
      continue;
    }
    const entry = Math.min(255, Math.round(share * 255)) * 3;
    out[at] = table[entry]!;
    out[at + 1] = table[entry + 1]!;
    out[at + 2] = table[entry + 2]!;
    out[at + 3] = Math.round(255 * alpha * Math.min(1, cover[i]!));
    drawn = true;
  }
  return drawn;
}

/** Pixels of three bytes, `pitch` pixels a row. */
export interface PicturePlace {
  readonly data: Uint8Array;
  readonly pitch: number;
  /** Of the pixel that the first one is laid on. */
  readonly left: number;
  readonly top: number;
}

/** Lays pixels with alpha, `width` a row, over a picture. */
export function layOver(rgba: Uint8Array, width: number, { data, pitch, left, top }: PicturePlace): void {
  for (let from = 0; from < rgba.length; from += 4) {
    const alpha = rgba[from + 3]! / 255;
    if (alpha === 0) continue;
    const pixel = from / 4;
    const to = ((top + Math.floor(pixel / width)) * pitch + left + (pixel % width)) * 3;
    for (let k = 0; k < 3; k++) data[to + k] = Math.round(data[to + k]! * (1 - alpha) + rgba[from + k]! * alpha);
  }
}
