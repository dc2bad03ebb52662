import { addRun, type EdgeList, type OutlinePlace, reserveSpans, type ShapePoints, type Spans } from './row-spans.ts';

/** The line in work: x and y of its first end, x and y of its second. */
const ends = new Float64Array(4);

/**
 * Adds the runs of the lines that `cv2.fillPoly` draws along each edge (OpenCV 4.6, `LineIterator`, 8-connected, from left to
 * right): along the longer axis one pixel a step, on the other axis the nearest, the earlier one of two that are as near.
 * Lines that leave the mask are cut at its border first, ends rounded towards where they come from.
 */
export function addLines(
  spans: Spans,
  { points }: ShapePoints,
  { ids, from, to }: EdgeList,
  place: OutlinePlace,
): void {
  const { width, height } = place.mask;
  for (let i = from; i < to; i++) {
    const edge = ids[i]! * 2;
    for (let k = 0; k < 4; k++) ends[k] = points[edge + k]!;
    const inside = Math.min(ends[0]!, ends[1]!, ends[2]!, ends[3]!) >= 0;
    const within = inside && Math.max(ends[0]!, ends[2]!) < width && Math.max(ends[1]!, ends[3]!) < height;
    if (within || cutAtBorder(width, height)) addLine(spans, place);
  }
}

/** Adds the runs of the line between `ends`. */
function addLine(spans: Spans, { box, offset }: OutlinePlace): void {
  const swap = ends[2]! < ends[0]!;
  const x = swap ? ends[2]! : ends[0]!;
  const y = swap ? ends[3]! : ends[1]!;
  const dx = Math.abs(ends[2]! - ends[0]!);
  const sign = (swap ? ends[1]! : ends[3]!) < y ? -1 : 1;
  const dy = Math.abs(ends[3]! - ends[1]!);
  if (x >= box.right || x + dx < box.left) return;
  const first = Math.max(box.top, Math.min(ends[1]!, ends[3]!));
  const last = Math.min(box.bottom - 1, Math.max(ends[1]!, ends[3]!));
  const width = box.right - box.left;
  reserveSpans(spans, Math.max(0, last - first + 1));
  for (let row = first; row <= last; row++) {
    const n = (row - y) * sign;
    let from = 0;
    let to = dx;
    if (dy > dx) from = to = Math.ceil((2 * dx * n - dy) / (2 * dy));
    else if (dy > 0) {
      from = n === 0 ? 0 : Math.floor((dx * (2 * n - 1)) / (2 * dy)) + 1;
      to = Math.min(dx, Math.floor((dx * (2 * n + 1)) / (2 * dy)));
    }
    const left = Math.max(0, x + from - box.left);
    const right = Math.min(width, x + to + 1 - box.left);
    if (left < right) addRun(spans, offset + (row - box.top) * width + left, offset + (row - box.top) * width + right);
  }
}

/** Cuts the line between `ends` at the mask's border; false where nothing is left of it. Rows are cut before columns. */
function cutAtBorder(width: number, height: number): boolean {
  let first = sideOf(0, width, height);
  let second = sideOf(2, width, height);
  if ((first & second) !== 0) return false;
  if ((first & 12) !== 0) cutEnd(0, 1, (first & 4) !== 0 ? 0 : height - 1);
  if ((second & 12) !== 0) cutEnd(2, 1, (second & 4) !== 0 ? 0 : height - 1);
  first = sideOf(0, width, height);
  second = sideOf(2, width, height);
  if ((first & second) !== 0) return false;
  if (first !== 0) cutEnd(0, 0, (first & 1) !== 0 ? 0 : width - 1);
  if (second !== 0) cutEnd(2, 0, (second & 1) !== 0 ? 0 : width - 1);
  return true;
}

/** On which sides of the mask the end lies: 1 left, 2 right, 4 above, 8 below. */
function sideOf(end: number, width: number, height: number): number {
  const x = ends[end]!;
  const y = ends[end + 1]!;
  return (x < 0 ? 1 : 0) + (x >= width ? 2 : 0) + (y < 0 ? 4 : 0) + (y >= height ? 8 : 0);
}

/** Moves the end along the line to where its coordinate on `axis` is `border`. */
function cutEnd(end: number, axis: 0 | 1, border: number): void {
  const across = 1 - axis;
  const by = border - ends[end + axis]!;
  ends[end + across]! += scale(by, ends[2 + across]! - ends[across]!, ends[2 + axis]! - ends[axis]!);
  ends[end + axis] = border;
}

/** a * b / c, cut towards zero, exact for whole numbers. */
function scale(a: number, b: number, c: number): number {
  if (Math.abs(a * b) < 2 ** 52) return Math.trunc((a * b) / c);
  return Number((BigInt(a) * BigInt(b)) / BigInt(c));
}
