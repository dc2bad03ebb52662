import type { RingPoints } from './thin-rings.ts';

/** What a canvas and a `Path2D` have. */
export interface RingPath {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  closePath(): void;
}

/** The square of a tile that is drawn, in its pixels, and how the slide lies on it. */
export interface TraceFrame {
  readonly left: number;
  readonly top: number;
  readonly downsample: number;
  /** Pixels on a side. */
  readonly size: number;
  /** Lines and areas are exact up to so many pixels outside of the tile. */
  readonly margin: number;
}

const LEFT = 1;
const RIGHT = 2;
const ABOVE = 4;
const BELOW = 8;

/**
 * Draws a ring as a closed path in pixels of the tile. Of points that follow each other on the same outer side of the tile only the
 * first and the last are drawn: the lines between can't be seen, and the area inside of the tile stays what it is. So a tile of a
 * long outline costs what is seen of it.
 */
export function traceRing(path: RingPath, { firstPoints, points }: RingPoints, ring: number, frame: TraceFrame): void {
  const first = 2 * firstPoints[ring]!;
  const end = 2 * firstPoints[ring + 1]!;
  if (first === end) return;
  const { left, top, downsample } = frame;
  const startX = (points[first]! - left) / downsample;
  const startY = (points[first + 1]! - top) / downsample;
  const startSides = findSides(startX, startY, frame);
  path.moveTo(startX, startY);
  // Sides on which all points since the last drawn one lie.
  let sides = startSides;
  let x = startX;
  let y = startY;
  let held = false;
  for (let i = first + 2; i <= end; i += 2) {
    const nextX = i === end ? startX : (points[i]! - left) / downsample;
    const nextY = i === end ? startY : (points[i + 1]! - top) / downsample;
    const nextSides = i === end ? startSides : findSides(nextX, nextY, frame);
    if (held && (sides & nextSides) === 0) {
      path.lineTo(x, y);
      sides = findSides(x, y, frame);
    }
    sides &= nextSides;
    held = sides !== 0;
    if (!held && i < end) {
      path.lineTo(nextX, nextY);
      sides = nextSides;
    }
    x = nextX;
    y = nextY;
  }
  path.closePath();
}

function findSides(x: number, y: number, { size, margin }: TraceFrame): number {
  const horizontal = x < -margin ? LEFT : x > size + margin ? RIGHT : 0;
  const vertical = y < -margin ? ABOVE : y > size + margin ? BELOW : 0;
  return horizontal | vertical;
}
