/**
 * Area averaging: output pixel (i, j) is the mean of the source over
 * [x + i·stepX, x + (i+1)·stepX) x [y + j·stepY, y + (j+1)·stepY), in source pixels, with fractional pixels weighted by
 * their covered share. Where a step is below 1 it magnifies by the same rule. What lies outside the source counts as
 * white. Sums are doubles (exact for whole steps), the mean is rounded to the nearest level, halves up.
 *
 * The source may come in pieces, tile by tile: sums hold the distance from white, so that a piece that never comes is
 * white without anyone noting it. Pieces must come in the same order each time: sums of fractions depend on it.
 */
export interface AreaSource {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

export interface AreaWindow {
  /** Source coordinates of the top-left corner of output pixel (0, 0). */
  readonly x: number;
  readonly y: number;
  /** Source pixels per output pixel. */
  readonly stepX: number;
  readonly stepY: number;
}

/** Sums of weight x (value - 255) for the rows [firstRow, endRow) of an output. */
export interface AreaSums {
  readonly values: Float64Array;
  readonly width: number;
  readonly channels: number;
  readonly firstRow: number;
  readonly endRow: number;
}

export interface AreaTarget {
  /** As many channels as the sums. */
  readonly data: Uint8Array;
  readonly width: number;
  /** Rows [firstRow, endRow) of the target are written. */
  readonly firstRow: number;
  readonly endRow: number;
}

/** Averages a whole source into a target of as many channels. */
export function resampleArea(source: AreaSource, window: AreaWindow, target: AreaTarget): void {
  const { channels } = source;
  const { width, firstRow, endRow } = target;
  const sums = createAreaSums({ width, channels, firstRow, endRow });
  addArea(sums, source, { window, width: source.width, height: source.height });
  writeArea(sums, window, target.data);
}

/** 8 bytes a sample. */
export function createAreaSums(shape: Omit<AreaSums, 'values'>): AreaSums {
  const { width, channels, firstRow, endRow } = shape;
  return { ...shape, values: new Float64Array(width * channels * (endRow - firstRow)) };
}

/**
 * Adds one piece of the source. `window` is in the piece's own pixels; `width` and `height` cut the piece where it reaches
 * past the image. A grey piece may be added to sums of three channels.
 */
export function addArea(
  sums: AreaSums,
  piece: AreaSource,
  { window, width, height }: { window: AreaWindow; width: number; height: number },
): void {
  const spans = createSpans(window, sums.width, width);
  if (spans.end <= spans.first) return;
  const { y, stepY } = window;
  const top = Math.max(0, Math.floor(y + sums.firstRow * stepY));
  const bottom = Math.min(height, Math.ceil(y + sums.endRow * stepY));
  const line = new Float64Array((spans.end - spans.first) * piece.channels);
  for (let row = top; row < bottom; row++) {
    if (piece.channels === 3) reduceColourRow(piece, row, { spans, line });
    else reduceRow(piece, row, { spans, line });
    // One row more on both sides than the division says, for its rounding; their weight is zero.
    const first = Math.max(sums.firstRow, Math.floor((row - y) / stepY) - 1);
    const end = Math.min(sums.endRow, Math.ceil((row + 1 - y) / stepY) + 1);
    for (let to = first; to < end; to++) {
      const weight = Math.min(row + 1, y + (to + 1) * stepY) - Math.max(row, y + to * stepY);
      if (weight > 0) addLine(sums, line, { row: to, first: spans.first, weight, channels: piece.channels });
    }
  }
}

/**
 * What is added before the fraction is cut off: a half, and a billionth for the rounding of sums. Steps such as 1.6 have means
 * that are exactly half-way; without it the order of the sums would decide whether they go up.
 */
const HALF = 0.5 + 1e-9;

/** Turns sums into levels: rows [firstRow, endRow) of `data`. */
export function writeArea(sums: AreaSums, { stepX, stepY }: AreaWindow, data: Uint8Array): void {
  const { values } = sums;
  const area = stepX * stepY;
  const to = sums.firstRow * sums.width * sums.channels;
  // Divided, not multiplied by 1 / area: a mean that is exactly half-way must come out as such.
  for (let i = 0; i < values.length; i++) data[to + i] = Math.max(0, 255 + values[i]! / area + HALF);
}

/** Output columns [first, end) that a piece touches; for each, where its source interval lies, cut to the piece. */
interface Spans {
  readonly first: number;
  readonly end: number;
  /** Whole pixels [from, to) that are touched, and the weights of the first and the last of them. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly head: Float64Array;
  readonly tail: Float64Array;
}

function createSpans({ x, stepX }: AreaWindow, count: number, limit: number): Spans {
  const first = Math.max(0, Math.floor(-x / stepX) - 1);
  const end = Math.max(first, Math.min(count, Math.ceil((limit - x) / stepX) + 1));
  const from = new Int32Array(end - first);
  const to = new Int32Array(end - first);
  const head = new Float64Array(end - first);
  const tail = new Float64Array(end - first);
  for (let i = 0; i < end - first; i++) {
    const start = Math.max(x + (first + i) * stepX, 0);
    const stop = Math.min(x + (first + i + 1) * stepX, limit);
    if (!(stop > start)) continue;
    from[i] = Math.floor(start);
    to[i] = Math.ceil(stop);
    head[i] = Math.min(from[i]! + 1, stop) - start;
    tail[i] = stop - (to[i]! - 1);
  }
  return { first, end, from, to, head, tail };
}

interface Reduction {
  readonly spans: Spans;
  /** Receives one value per touched column and channel. */
  readonly line: Float64Array;
}

function reduceColourRow(piece: AreaSource, row: number, { spans, line }: Reduction): void {
  const { data } = piece;
  const { from, to, head, tail } = spans;
  const base = row * piece.width * 3;
  for (let i = 0, at = 0; i < from.length; i++, at += 3) {
    const first = base + from[i]! * 3;
    const last = base + (to[i]! - 1) * 3;
    if (last < first) {
      line[at] = line[at + 1] = line[at + 2] = 0;
      continue;
    }
    const inner = (last - first) / 3 - 1;
    let r = 0;
    let g = 0;
    let b = 0;
    for (let p = first + 3; p < last; p += 3) {
      r += data[p]!;
      g += data[p + 1]!;
      b += data[p + 2]!;
    }
    const white = Math.max(0, inner) * 255;
    const w = head[i]!;
    const v = last > first ? tail[i]! : 0;
    line[at] = r - white + w * (data[first]! - 255) + v * (data[last]! - 255);
    line[at + 1] = g - white + w * (data[first + 1]! - 255) + v * (data[last + 1]! - 255);
    line[at + 2] = b - white + w * (data[first + 2]! - 255) + v * (data[last + 2]! - 255);
  }
}

function reduceRow(piece: AreaSource, row: number, { spans, line }: Reduction): void {
  const { data, channels } = piece;
  const { from, to, head, tail } = spans;
  const base = row * piece.width;
  for (let i = 0; i < from.length; i++) {
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let x = from[i]!; x < to[i]!; x++) {
        const weight = x === from[i]! ? head[i]! : x === to[i]! - 1 ? tail[i]! : 1;
        sum += weight * (data[(base + x) * channels + c]! - 255);
      }
      line[i * channels + c] = sum;
    }
  }
}

function addLine(
  { values, width, channels, firstRow }: AreaSums,
  line: Float64Array,
  target: { row: number; first: number; weight: number; channels: number },
): void {
  const at = ((target.row - firstRow) * width + target.first) * channels;
  const { weight } = target;
  if (target.channels === channels) {
    for (let i = 0; i < line.length; i++) values[at + i]! += weight * line[i]!;
    return;
  }
  for (let i = 0, to = at; i < line.length; i++) {
    for (let c = 0; c < channels; c++) values[to++]! += weight * line[i]!;
  }
}
