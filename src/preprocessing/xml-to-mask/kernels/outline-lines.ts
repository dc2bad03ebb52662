import type { Canvas } from './canvas.ts';
import type { EdgeList, OutlinePlace, ShapePoints } from './row-spans.ts';

/** x and y of the first end of the line in work, x and y of the second. */
const ends = new Float64Array(4);
/** The line in work, the same in whole pixels of the mask: the first end is not right of the other. */
const line = new Int32Array(4);

/**
 * Paints the lines that `cv2.fillPoly` draws along each edge (OpenCV 4.6, `LineIterator`, 8-connected, from left to right):
 * along the longer axis one pixel a step, on the other axis the nearest, the earlier one of two that are as near. Lines that
 * leave the mask are cut at its border first, ends rounded towards where they come from.
 */
export function drawLines(
  canvas: Canvas,
  { points }: ShapePoints,
  { ids, count }: EdgeList,
  place: OutlinePlace,
): void {
  const { width, height } = place.mask;
  for (let i = 0; i < count; i++) {
    const edge = ids[i]! * 2;
    const x0 = points[edge]!;
    const y0 = points[edge + 1]!;
    const x1 = points[edge + 2]!;
    const y1 = points[edge + 3]!;
    const firstInside = x0 >= 0 && y0 >= 0 && x0 < width && y0 < height;
    ends[0] = x0;
    ends[1] = y0;
    ends[2] = x1;
    ends[3] = y1;
    const inside = firstInside && x1 >= 0 && y1 >= 0 && x1 < width && y1 < height;
    if (!inside && !cutAtBorder(width, height)) continue;
    const left = ends[2] < ends[0] ? 2 : 0;
    line[0] = ends[left]!;
    line[1] = ends[left + 1]!;
    line[2] = ends[2 - left]!;
    line[3] = ends[3 - left]!;
    drawLine(canvas, place);
  }
}

/**
 * Paints what of `line` lies in the box. Step j along the longer axis, of `long` steps, is
 * ceil((2 j short - long) / (2 long)) steps along the shorter one, which are counted on from the first step in the box.
 */
function drawLine({ pixels, label }: Canvas, { box, offset }: OutlinePlace): void {
  const width = box.right - box.left;
  const last = box.bottom - box.top - 1;
  const x = line[0]! - box.left;
  const y = line[1]! - box.top;
  const dx = line[2]! - line[0]!;
  const up = line[3]! < line[1]!;
  const dy = up ? line[1]! - line[3]! : line[3]! - line[1]!;
  // Steps to the right, and steps down or up, that lie in the box.
  const firstRight = x < 0 ? -x : 0;
  const lastRight = Math.min(dx, width - 1 - x);
  const firstDown = Math.max(0, up ? y - last : -y);
  const lastDown = Math.min(dy, up ? y : last - y);
  if (firstRight > lastRight || firstDown > lastDown) return;
  const steep = dy > dx;
  const long = steep ? dy : dx;
  const short = steep ? dx : dy;
  let from = steep ? firstDown : firstRight;
  let to = steep ? lastDown : lastRight;
  const firstBeside = steep ? firstRight : firstDown;
  const lastBeside = steep ? lastRight : lastDown;
  if (firstBeside > 0) from = Math.max(from, findStep(2 * firstBeside - 1, long, short) + 1);
  if (lastBeside < short) to = Math.min(to, findStep(2 * lastBeside + 1, long, short));
  const rowStep = up ? -width : width;
  const longStep = steep ? rowStep : 1;
  const shortStep = steep ? 1 : rowStep;
  // How much of 2 `long` is left before the next step along the shorter axis.
  let rest = long;
  let at = offset + y * width + x + from * longStep;
  if (from > 0) {
    const beside = Math.ceil((2 * from * short - long) / (2 * long)) | 0;
    rest = (2 * long * beside - (2 * from * short - long)) | 0;
    at += beside * shortStep;
  }
  for (let left = to - from; left >= 0; left--) {
    pixels[at] = label;
    at += longStep;
    rest -= 2 * short;
    if (rest < 0) {
      rest += 2 * long;
      at += shortStep;
    }
  }
}

/** The last step along the longer axis that is less than `halves` half steps along the shorter one, or as much. */
function findStep(halves: number, long: number, short: number): number {
  return Math.floor((long * halves) / (2 * short)) | 0;
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
