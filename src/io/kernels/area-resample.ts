/**
 * Area averaging: output pixel (i, j) is the mean of the source over
 * [x + i·stepX, x + (i+1)·stepX) x [y + j·stepY, y + (j+1)·stepY), in source pixels, with fractional pixels weighted by
 * their covered share. Where a step is below 1 it magnifies by the same rule. Weights are sums of doubles; the result is
 * rounded to the nearest level. What lies outside the source is left out of the mean; an output pixel that
 * lies wholly outside keeps its old value.
 */
export interface AreaSource {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

export interface AreaWindow {
  /** Source coordinates of the top-left corner of the first output pixel. */
  readonly x: number;
  readonly y: number;
  /** Source pixels per output pixel. */
  readonly stepX: number;
  readonly stepY: number;
}

export interface AreaTarget {
  readonly data: Uint8Array;
  readonly width: number;
  /** Rows [firstRow, endRow) of the target are written. */
  readonly firstRow: number;
  readonly endRow: number;
}

export function resampleArea(source: AreaSource, window: AreaWindow, target: AreaTarget): void {
  const { channels } = source;
  const columns = createSpans(window.x, window.stepX, { count: target.width, limit: source.width });
  const rowSums = new Float64Array(source.width * channels);
  for (let row = target.firstRow; row < target.endRow; row++) {
    const top = Math.max(window.y + row * window.stepY, 0);
    const bottom = Math.min(window.y + (row + 1) * window.stepY, source.height);
    if (!(bottom > top)) continue;
    sumRows(source, rowSums, { top, bottom });
    writeRow(rowSums, columns, { target, row, channels, height: bottom - top });
  }
}

interface Spans {
  /** Covered source interval of each output column; empty where end <= start. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

function createSpans(origin: number, step: number, { count, limit }: { count: number; limit: number }): Spans {
  const starts = new Float64Array(count);
  const ends = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    starts[i] = Math.max(origin + i * step, 0);
    ends[i] = Math.min(origin + (i + 1) * step, limit);
  }
  return { starts, ends };
}

/** Sums source rows weighted by how much of each lies in [top, bottom). */
function sumRows(source: AreaSource, sums: Float64Array, { top, bottom }: { top: number; bottom: number }): void {
  const { data } = source;
  const pitch = sums.length;
  sums.fill(0);
  const last = Math.ceil(bottom);
  for (let y = Math.floor(top); y < last; y++) {
    const weight = Math.min(y + 1, bottom) - Math.max(y, top);
    const from = y * pitch;
    for (let i = 0; i < pitch; i++) sums[i]! += weight * data[from + i]!;
  }
}

function writeRow(
  sums: Float64Array,
  { starts, ends }: Spans,
  { target, row, channels, height }: { target: AreaTarget; row: number; channels: number; height: number },
): void {
  let to = row * target.width * channels;
  for (let i = 0; i < target.width; i++, to += channels) {
    const start = starts[i]!;
    const end = ends[i]!;
    if (!(end > start)) continue;
    const scale = 1 / ((end - start) * height);
    const first = Math.floor(start);
    const last = Math.ceil(end);
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let x = first; x < last; x++) {
        const weight = Math.min(x + 1, end) - Math.max(x, start);
        sum += weight * sums[x * channels + c]!;
      }
      target.data[to + c] = sum * scale + 0.5;
    }
  }
}
