import type { Polygon } from '../../geometry/polygon.ts';
import { createKernels, hasWasmSimd, type Kernels } from '../../io/kernels/wasm-kernels.ts';
import type { MaskGrid, MaskRule, MaskShape } from './annotation.ts';
import { EDGE_RULES } from './edge-rules.ts';
import { reachFrom, reachTo } from './kernels/edge-reach.ts';
import type { PixelBox } from './kernels/row-crossings.ts';
import type { Spans } from './kernels/row-spans.ts';
import type { Coords } from './kernels/scale-points.ts';

/** Finds the pixels of whole shapes, one after the other. Not for two users at once: they would share the memory. */
export interface ShapeKernels {
  /**
   * Calls `take` with the shape's pixels as runs, those along its edges among them, from the left to the right and row by
   * row; pixel (x, y) is number `y * grid.width + x`, and `spans` are only lent.
   * @returns false where a vertex is no number or further than 2^29 mask pixels away; nothing was taken then
   */
  listPixels(polygon: Polygon, take: (spans: Spans) => void): boolean;
}

/** The rules that there are kernels for, and what they make of vertices. */
export interface KernelRule {
  readonly rule: MaskRule;
  readonly coords: Coords;
}

/** The columns and rows of a shape are a bit a pixel, in bands of as many rows as fit, once for each of two kinds of bits. */
const BITMAP_BYTES = 1 << 19;
/** Runs that are listed at a time. */
const RUN_BYTES = 1 << 20;
/** So that the runs of a row have room, 4 bytes for each of its pixels at most. */
const MAX_WIDTH = RUN_BYTES / 4;
/** Pixels are told by their numbers. */
const MAX_PIXELS = 2 ** 31;
/** The kernels' own, and the range of the vertices. */
const OWN_BYTES = 1 << 20;
const MAX_BYTES = 2 ** 31;
/** Mask pixels; the kernels count in 32 bits. */
const MAX_COORDINATE = 2 ** 29;
/** Of a vertex as it comes. */
const VERTEX_BYTES = 16;
const COORDS: Readonly<Record<Coords, number>> = { exact: 0, trunc: 1, round: 2 };

/**
 * Memory: 3 MiB, of which 1 is the kernels' own, and 16 bytes for each vertex of the largest shape.
 * @returns undefined where only the plain rasteriser does it: by other rules than `cv2` and `pixel-centre`, above 262,144
 *   columns, 2^31 pixels or 134 million vertices, and on machines without WebAssembly's SIMD
 */
export function createShapeKernels(
  shapes: readonly MaskShape[],
  grid: MaskGrid,
  { rule, coords }: KernelRule,
): ShapeKernels | undefined {
  const most = shapes.reduce((points, { polygon }) => Math.max(points, countPoints(polygon)), 0);
  const bytes = OWN_BYTES + 2 * BITMAP_BYTES + RUN_BYTES + most * VERTEX_BYTES;
  if ((rule !== 'cv2' && rule !== 'pixel-centre') || bytes > MAX_BYTES) return undefined;
  if (grid.width > MAX_WIDTH || grid.width * grid.height >= MAX_PIXELS) return undefined;
  if (!hasWasmSimd()) return undefined;
  const desk = createDesk(createKernels(bytes), { grid, rule, coords }, most);
  return {
    listPixels(polygon, take) {
      const rings = placeRings(desk, polygon);
      if (rings.length === 0) return true;
      if (!desk.range.every((value) => Math.abs(value) <= MAX_COORDINATE)) return false;
      for (const band of cutBands(desk)) listBand(desk, rings, band, take);
      return true;
    },
  };
}

/** Points of all rings, each of which ends with its first one. */
function countPoints({ exterior, holes }: Polygon): number {
  return holes.reduce((sum, ring) => sum + (ring.length >> 1) + 1, (exterior.length >> 1) + 1);
}

/** What the kernels work with. Names of numbers are addresses. */
interface Desk extends KernelRule {
  readonly kernels: Kernels;
  readonly grid: MaskGrid;
  /** Odd numbers of crossings, and what is painted whatever they are. */
  readonly flips: number;
  readonly outline: number;
  readonly runs: number;
  readonly spans: Spans;
  readonly points: number;
  readonly ranges: number;
  /** Of the points: smallest x and y, largest x and y. */
  readonly range: Float64Array;
}

function createDesk(kernels: Kernels, job: KernelRule & { readonly grid: MaskGrid }, most: number): Desk {
  const flips = kernels.allocate(BITMAP_BYTES);
  const outline = kernels.allocate(BITMAP_BYTES);
  const runs = kernels.allocate(RUN_BYTES);
  const ranges = kernels.allocate(4 * 8);
  const points = kernels.allocate(most * VERTEX_BYTES);
  const { buffer } = kernels.memory;
  const spans = { list: new Int32Array(buffer, runs, RUN_BYTES / 4), count: 0 };
  return { ...job, kernels, flips, outline, runs, spans, points, ranges, range: new Float64Array(buffer, ranges, 4) };
}

/** Points of a ring: `count` edges from `at` on. */
interface PlacedRing {
  readonly at: number;
  readonly count: number;
}

function placeRings(desk: Desk, { exterior, holes }: Polygon): PlacedRing[] {
  const { kernels, grid, coords, points, range, ranges } = desk;
  const { x, y } = grid.downsample;
  const bytes = coords === 'exact' ? 16 : 8;
  const rings: PlacedRing[] = [];
  let at = points;
  range.set([Infinity, Infinity, -Infinity, -Infinity]);
  for (const ring of [exterior, ...holes]) {
    const count = ring.length >> 1;
    if (count === 0) continue;
    new Float64Array(kernels.memory.buffer, at, count * 2).set(ring.subarray(0, count * 2));
    kernels.scaleMaskPoints(at, count, x, y, COORDS[coords], ranges);
    kernels.bytes(at, (count + 1) * bytes).copyWithin(count * bytes, 0, bytes);
    rings.push({ at, count });
    at += (count + 1) * bytes;
  }
  return rings;
}

/** The mask's columns and rows that the points reach, as many rows at a time as there is room for. */
function* cutBands({ grid, rule, range }: Desk): Generator<PixelBox> {
  const { reach } = EDGE_RULES[rule];
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = range;
  const left = Math.max(0, reachFrom(reach, x0));
  const right = Math.min(grid.width, reachTo(reach, x1));
  const end = Math.min(grid.height, reachTo(reach, y1));
  if (left >= right) return;
  const rows = Math.floor(BITMAP_BYTES / toPitch(right - left));
  for (let top = Math.max(0, reachFrom(reach, y0)); top < end; top += rows)
    yield { left, top, right, bottom: Math.min(end, top + rows) };
}

/** Bytes of a row of bits: whole words of 64. */
function toPitch(width: number): number {
  return Math.ceil(width / 64) * 8;
}

function listBand(
  { kernels, grid, rule, flips, outline, runs, spans }: Desk,
  rings: readonly PlacedRing[],
  { left, top, right, bottom }: PixelBox,
  take: (spans: Spans) => void,
): void {
  const width = right - left;
  const pitch = toPitch(width);
  const window = [pitch, left, top, width, bottom - top] as const;
  for (const { at, count } of rings) {
    if (rule === 'cv2') {
      kernels.drawMaskLines(at, count, outline, ...window, grid.width, grid.height);
      kernels.crossMaskPixels(at, count, flips, outline, ...window);
    } else kernels.crossMaskCentres(at, count, flips, ...window);
  }
  const most = Math.floor(RUN_BYTES / (pitch * 32));
  for (let row = top; row < bottom; row += most) {
    const rows = Math.min(most, bottom - row);
    const skip = (row - top) * pitch;
    const offset = row * grid.width + left;
    spans.count = kernels.listMaskRuns(flips + skip, outline + skip, pitch, width, rows, offset, grid.width, runs);
    if (spans.count > 0) take(spans);
  }
}
