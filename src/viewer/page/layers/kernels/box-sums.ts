/**
 * For each pixel of a tile how much of it boxes cover, and the sums of their numbers by that area: means are exact at any zoom, and
 * a tile on which a million boxes fall costs one addition for each, whatever is drawn.
 *
 * Kept as differences along the rows: a box writes at its left and right ends alone, and `finishSums` adds up from the left. In
 * double precision, as what ends has to leave nothing behind.
 */
export interface BoxSums {
  /** Pixels on a side. */
  readonly size: number;
  /** Numbers of a box, beside its area. */
  readonly channels: number;
  /** `size` rows of `size + 2` pixels of `1 + channels` numbers: area, then area times each number. */
  readonly data: Float64Array;
}

/** left, top, right, bottom in pixels of the tile. */
export type PixelBox = Float64Array;

export function createBoxSums(size: number, channels: number): BoxSums {
  return { size, channels, data: new Float64Array(size * (size + 2) * (1 + channels)) };
}

/** Adds a box with its numbers, one for each channel. What lies outside of the tile is left out. */
export function addBox(sums: BoxSums, box: PixelBox, numbers: Float64Array): void {
  const { size } = sums;
  const left = Math.max(0, box[0]!);
  const right = Math.min(size, box[2]!);
  const top = Math.max(0, box[1]!);
  const bottom = Math.min(size, box[3]!);
  if (!(left < right && top < bottom)) return;
  for (let row = Math.floor(top); row < bottom; row++) {
    const height = Math.min(bottom, row + 1) - Math.max(top, row);
    addStep(sums, { row, x: left }, height, numbers);
    addStep(sums, { row, x: right }, -height, numbers);
  }
}

/** All that is right of `x` is covered by `height` more; the pixel in which `x` lies by its part. */
function addStep(sums: BoxSums, at: { row: number; x: number }, height: number, numbers: Float64Array): void {
  const { size, channels, data } = sums;
  const col = Math.floor(at.x);
  const later = (at.x - col) * height;
  const now = height - later;
  let i = (at.row * (size + 2) + col) * (1 + channels);
  const next = i + 1 + channels;
  data[i]! += now;
  data[next]! += later;
  for (let channel = 0; channel < channels; channel++) {
    i++;
    data[i]! += now * numbers[channel]!;
    data[next + 1 + channel]! += later * numbers[channel]!;
  }
}

/** From differences to sums, in place; done once, after the last box. */
export function finishSums({ size, channels, data }: BoxSums): void {
  const step = 1 + channels;
  for (let row = 0; row < size; row++) {
    const begin = row * (size + 2) * step;
    for (let i = begin + step; i < begin + size * step; i++) data[i]! += data[i - step]!;
  }
}
