import type { SampleArray } from '../sample-raster.ts';

/**
 * Area averaging of one channel's samples, by the rule of `area-resample.ts`: output pixel (i, j) is the mean of the source over
 * [x + i·stepX, x + (i+1)·stepX) x [y + j·stepY, y + (j+1)·stepY), fractional pixels weighted by their covered share. What
 * lies outside counts as `fill`. Integers are rounded to the nearest, halves up.
 */
export interface SampleSums {
  /** Sums of weight x (value - fill) for the rows [firstRow, endRow) of an output of `width` columns. */
  readonly values: Float64Array;
  readonly width: number;
  readonly firstRow: number;
  readonly endRow: number;
  readonly fill: number;
}

export interface SampleWindowPlace {
  /** Source coordinates of the top-left corner of output pixel (0, 0). */
  readonly x: number;
  readonly y: number;
  /** Source pixels per output pixel. */
  readonly stepX: number;
  readonly stepY: number;
}

export interface SamplePiece {
  readonly data: SampleArray;
  /** Samples from a row to the next. */
  readonly pitch: number;
  /** Pixels of the piece that belong to the image. */
  readonly width: number;
  readonly height: number;
  /** In the piece's own pixels. */
  readonly place: SampleWindowPlace;
}

/** 8 bytes a sample. */
export function createSampleSums(shape: Omit<SampleSums, 'values'>): SampleSums {
  return { ...shape, values: new Float64Array(shape.width * (shape.endRow - shape.firstRow)) };
}

/** Pieces must come in the same order each time: sums of fractions depend on it. */
export function addSamples(sums: SampleSums, piece: SamplePiece): void {
  const { y, stepY, x, stepX } = piece.place;
  const first = Math.max(0, Math.floor(-x / stepX) - 1);
  const end = Math.min(sums.width, Math.ceil((piece.width - x) / stepX) + 1);
  if (end <= first) return;
  const top = Math.max(0, Math.floor(y + sums.firstRow * stepY));
  const bottom = Math.min(piece.height, Math.ceil(y + sums.endRow * stepY));
  const line = new Float64Array(end - first);
  for (let row = top; row < bottom; row++) {
    reduceRow(piece, row, { first, fill: sums.fill, line });
    // One row more on both sides than the division says, for its rounding; their weight is not above zero.
    const from = Math.max(sums.firstRow, Math.floor((row - y) / stepY) - 1);
    const to = Math.min(sums.endRow, Math.ceil((row + 1 - y) / stepY) + 1);
    for (let out = from; out < to; out++) {
      const weight = Math.min(row + 1, y + (out + 1) * stepY) - Math.max(row, y + out * stepY);
      if (!(weight > 0)) continue;
      const at = (out - sums.firstRow) * sums.width + first;
      for (let i = 0; i < line.length; i++) sums.values[at + i]! += line[i]! * weight;
    }
  }
}

/** For each output column, the source row over it. */
function reduceRow(
  { data, pitch, width, place: { x, stepX } }: SamplePiece,
  row: number,
  { first, fill, line }: { first: number; fill: number; line: Float64Array },
): void {
  for (let i = 0; i < line.length; i++) {
    const start = Math.max(0, x + (first + i) * stepX);
    const stop = Math.min(width, x + (first + i + 1) * stepX);
    let sum = 0;
    for (let p = Math.floor(start); p < stop; p++) {
      const share = Math.min(p + 1, stop) - Math.max(p, start);
      if (share > 0) sum += (data[row * pitch + p]! - fill) * share;
    }
    line[i] = sum;
  }
}

/** A half, and a billionth for the rounding of sums: means that are exactly half-way go up. */
const HALF = 0.5 + 1e-9;

/** Turns sums into means: rows [firstRow, endRow) of `data`. */
export function writeSamples(
  sums: SampleSums,
  { stepX, stepY }: SampleWindowPlace,
  { data, floating }: { data: SampleArray; floating: boolean },
): void {
  const area = stepX * stepY;
  const to = sums.firstRow * sums.width;
  for (let i = 0; i < sums.values.length; i++) {
    const mean = sums.fill + sums.values[i]! / area;
    data[to + i] = floating ? mean : Math.floor(mean + HALF);
  }
}
