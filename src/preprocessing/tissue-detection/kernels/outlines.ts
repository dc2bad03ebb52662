/**
 * Outlines of a mask along the edges of its pixels: a ring's vertices are pixel corners, so that the area inside is the
 * pixels' area exactly. (OpenCV's contours join pixel centres and lose half a pixel all around.)
 *
 * Pixels belong together where they share an edge. Where a boundary meets itself in a corner it is cut into two rings
 * there, so no ring visits a point twice and the rings of a piece form a valid polygon: rings may touch in points, never
 * cross. Outer rings have positive shoelace area (x right, y down), holes negative.
 */
import { labelComponents } from './components.ts';
import type { Plane } from './plane.ts';

export interface OutlineRing {
  /** Names the piece: rings of one piece share it. */
  readonly component: number;
  /** x0, y0, x1, y1 ... in pixel corners; only points where the direction changes. */
  readonly vertices: Int32Array;
  /** Signed: positive for an outer ring. */
  readonly area: number;
}

/** Directions: 0 right, 1 down, 2 left, 3 up; the mask lies on the right hand. */
const STEP_X = [1, 0, -1, 0] as const;
const STEP_Y = [0, 1, 0, -1] as const;
/** Offset from the vertex to the pixel ahead on the right, and on the left. */
const RIGHT_X = [0, -1, -1, 0] as const;
const RIGHT_Y = [0, 0, -1, -1] as const;
const LEFT_X = [0, 0, -1, -1] as const;
const LEFT_Y = [-1, 0, 0, -1] as const;

/** Rings in the order of their topmost, then leftmost edge; the pieces cut off at a corner precede the rest. */
export function traceOutlines(mask: Plane): OutlineRing[] {
  const { width, height, data } = mask;
  const { runs, label } = labelComponents(mask, 1, 4);
  const visited = new Uint8Array(data.length);
  const rings: OutlineRing[] = [];
  for (let y = 0; y < height; y++) {
    for (let run = runs.firstOfRow[y]!; run < runs.firstOfRow[y + 1]!; run++) {
      const component = label[run]!;
      for (let x = runs.start[run]!, p = y * width + x; x < runs.end[run]!; x++, p++) {
        const isTopEdge = y === 0 || data[p - width] === 0;
        if (!isTopEdge || visited[p]) continue;
        for (const vertices of traceFrom(mask, { x, y }, visited))
          rings.push({ component, vertices, area: computeSignedArea(vertices) });
      }
    }
  }
  return rings;
}

/** Follows the boundary from the top edge of pixel `start`; returns its rings. */
function traceFrom(mask: Plane, start: { x: number; y: number }, visited: Uint8Array): Int32Array[] {
  const rings: Int32Array[] = [];
  const path: number[] = [];
  const cornerAt = new Map<number, number>();
  let { x, y } = start;
  let direction = 0;
  do {
    if (direction === 0) visited[y * mask.width + x] = 1;
    x += STEP_X[direction]!;
    y += STEP_Y[direction]!;
    const right = isSet(mask, x + RIGHT_X[direction]!, y + RIGHT_Y[direction]!);
    const left = isSet(mask, x + LEFT_X[direction]!, y + LEFT_Y[direction]!);
    if (right && !left) continue;
    direction = (direction + (right ? 3 : 1)) & 3;
    if (!right && left) cutAtCorner(path, cornerAt, { x, y, stride: mask.width + 1, rings });
    else path.push(x, y);
  } while (x !== start.x || y !== start.y || direction !== 0);
  rings.push(Int32Array.from(path));
  return rings;
}

/** Two pixels meet in this corner only. On the second visit what lies between the visits becomes a ring of its own. */
function cutAtCorner(
  path: number[],
  cornerAt: Map<number, number>,
  corner: { x: number; y: number; stride: number; rings: Int32Array[] },
): void {
  const key = corner.y * corner.stride + corner.x;
  const first = cornerAt.get(key);
  if (first === undefined) {
    cornerAt.set(key, path.length);
    path.push(corner.x, corner.y);
    return;
  }
  corner.rings.push(Int32Array.from(path.slice(first)));
  path.length = first + 2;
}

function isSet({ width, height, data }: Plane, x: number, y: number): boolean {
  return x >= 0 && y >= 0 && x < width && y < height && data[y * width + x] === 1;
}

function computeSignedArea(vertices: Int32Array): number {
  let doubled = 0;
  for (let i = 0, j = vertices.length - 2; i < vertices.length; j = i, i += 2)
    doubled += vertices[j]! * vertices[i + 1]! - vertices[i]! * vertices[j + 1]!;
  return doubled / 2;
}
