/**
 * Connected components of a byte mask, by runs of equal pixels: memory grows with the runs, not with the pixels
 * (OpenCV's label image takes 4 bytes a pixel and a heap that never shrinks).
 */
import type { Plane } from './plane.ts';

/** Horizontal runs of one value; those of row y are numbered firstOfRow[y] .. firstOfRow[y + 1] - 1. */
export interface Runs {
  readonly firstOfRow: Int32Array;
  readonly start: Int32Array;
  /** Exclusive. */
  readonly end: Int32Array;
}

export interface Components {
  readonly runs: Runs;
  /** Component of each run: the number of the component's first run. */
  readonly label: Int32Array;
  /** Pixels, by component. */
  readonly area: Float64Array;
}

/** Labels the pixels equal to `value`; with connectivity 8 pixels that share a corner belong together too. */
export function labelComponents(mask: Plane, value: 0 | 1, connectivity: 4 | 8): Components {
  const runs = findRuns(mask, value);
  const label = new Int32Array(runs.start.length);
  for (let run = 0; run < label.length; run++) label[run] = run;
  const reach = connectivity === 8 ? 1 : 0;
  for (let y = 1; y < mask.height; y++) {
    let above = runs.firstOfRow[y - 1]!;
    const aboveEnd = runs.firstOfRow[y]!;
    for (let run = aboveEnd; run < runs.firstOfRow[y + 1]!; run++) {
      while (above < aboveEnd && runs.end[above]! + reach <= runs.start[run]!) above++;
      for (let other = above; other < aboveEnd && runs.start[other]! < runs.end[run]! + reach; other++)
        join(label, run, other);
    }
  }
  const area = new Float64Array(label.length);
  for (let run = 0; run < label.length; run++) {
    label[run] = findRoot(label, run);
    area[label[run]!]! += runs.end[run]! - runs.start[run]!;
  }
  return { runs, label, area };
}

/**
 * Turns components of `value` with fewer than `minArea` pixels into the other value, in place.
 * `inside`: only those that do not touch the image's border (holes).
 */
export function removeSmallComponents(
  mask: Plane,
  rule: { value: 0 | 1; minArea: number; connectivity: 4 | 8; inside?: boolean },
): void {
  const { runs, label, area } = labelComponents(mask, rule.value, rule.connectivity);
  const touches = rule.inside ? findBorderComponents(mask, { runs, label, area }) : undefined;
  for (let y = 0; y < mask.height; y++) {
    const row = y * mask.width;
    for (let run = runs.firstOfRow[y]!; run < runs.firstOfRow[y + 1]!; run++) {
      const component = label[run]!;
      if (area[component]! < rule.minArea && !touches?.[component])
        mask.data.fill(1 - rule.value, row + runs.start[run]!, row + runs.end[run]!);
    }
  }
}

function findRuns({ width, height, data }: Plane, value: 0 | 1): Runs {
  const firstOfRow = new Int32Array(height + 1);
  const bytes = (data.byteOffset & 3) === 0 ? data : data.slice();
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  let start = new Int32Array(1024);
  let end = new Int32Array(1024);
  let count = 0;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const rowEnd = row + width;
    firstOfRow[y] = count;
    for (let p = skip(bytes, words, { value: 1 - value, from: row, end: rowEnd }); p < rowEnd; ) {
      if (count === start.length) [start, end] = [grow(start), grow(end)];
      start[count] = p - row;
      p = skip(bytes, words, { value, from: p, end: rowEnd });
      end[count++] = p - row;
      p = skip(bytes, words, { value: 1 - value, from: p, end: rowEnd });
    }
  }
  firstOfRow[height] = count;
  return { firstOfRow, start: start.subarray(0, count), end: end.subarray(0, count) };
}

/** The first place from `from` on that does not hold `value`, or `end`; four bytes at a time. */
function skip(bytes: Uint8Array, words: Int32Array, run: { value: number; from: number; end: number }): number {
  const { value, end } = run;
  let p = run.from;
  for (; (p & 3) !== 0; p++) if (p >= end || bytes[p]! !== value) return Math.min(p, end);
  const pattern = value * 0x01010101;
  while (p + 4 <= end && words[p >> 2]! === pattern) p += 4;
  while (p < end && bytes[p]! === value) p++;
  return p;
}

function grow(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * values.length);
  larger.set(values);
  return larger;
}

function findBorderComponents({ width, height }: Plane, { runs, label }: Components): Uint8Array {
  const touches = new Uint8Array(label.length);
  for (let y = 0; y < height; y++) {
    for (let run = runs.firstOfRow[y]!; run < runs.firstOfRow[y + 1]!; run++) {
      const atBorder = y === 0 || y === height - 1 || runs.start[run] === 0 || runs.end[run] === width;
      if (atBorder) touches[label[run]!] = 1;
    }
  }
  return touches;
}

/** The smaller number becomes the root, so that a component is named by its first run. */
function join(label: Int32Array, a: number, b: number): void {
  const rootA = findRoot(label, a);
  const rootB = findRoot(label, b);
  if (rootA < rootB) label[rootB] = rootA;
  else label[rootA] = rootB;
}

function findRoot(label: Int32Array, run: number): number {
  let root = run;
  while (label[root]! !== root) {
    label[root] = label[label[root]!]!;
    root = label[root]!;
  }
  return root;
}
