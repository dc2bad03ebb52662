import { createBoundedGrid } from '../../geometry/kernels/bounded-grid.ts';
import { type BoxGrid, visitBoxGrid } from '../../geometry/kernels/box-grid.ts';
import { OptionError } from '../../utils/errors.ts';
import type { MaskGrid, MaskRasterizer, MaskRule, MaskShape } from './annotation.ts';
import { EDGE_RULES } from './edge-rules.ts';
import { createEdgeTable, type EdgeTable } from './edge-table.ts';
import { createCanvas } from './kernels/canvas.ts';
import { addSpans, endRuns, findRuns, type PixelRuns } from './kernels/pixel-runs.ts';
import type { PixelBox } from './kernels/row-crossings.ts';
import { createShapeRasterizer, type ShapeRasterizer } from './rasterize-shape.ts';

export interface MaskRasterizerOptions {
  readonly rule: MaskRule;
  /** How rule `cv2` makes whole pixels of coordinates: cut towards zero (default), or rounded, halves to even. */
  readonly coords?: 'trunc' | 'round' | undefined;
}

/** Wider masks would have pixels that the rules can't tell apart. */
const MAX_SIDE = 2 ** 25;
const MAX_CELLS_ACROSS = 256;
/** Pixels of a strip, so that it stays in a processor's cache while it is painted. */
const STRIP_PIXELS = 1 << 18;
/** Strips begin at multiples of this, as bands of edges do, and have as many rows at least. */
const STRIP_ROWS = 32;
const MAX_STRIP_ROWS = 4096;

/**
 * Prepares shapes for painting. A shape's exterior and holes are one even-odd figure, but for rule `nonzero`, where holes are
 * cut out of all that the exterior winds around. Any box of the mask has the pixels that the whole mask has there. Where
 * shapes overlap, the last one's label stands.
 * @throws OptionError for a label outside 0 to 255, a vertex that is no number or above 2^40, and a side above 2^25
 */
export function createMaskRasterizer(
  shapes: readonly MaskShape[],
  grid: MaskGrid,
  { rule, coords = 'trunc' }: MaskRasterizerOptions,
): MaskRasterizer {
  checkGrid(grid);
  const { reach } = EDGE_RULES[rule];
  const table = createEdgeTable(shapes, grid, { reach, coords: rule === 'cv2' ? coords : 'exact' });
  const across = Math.min(MAX_CELLS_ACROSS, Math.max(1, Math.ceil(Math.sqrt(table.labels.length))));
  const index = createBoundedGrid(table.boxes, across);
  const scene: Scene = { table, index, shapes: createShapeRasterizer(table, EDGE_RULES[rule], grid) };
  return {
    grid,
    rasterize(box, target) {
      const pixels = checkBox(box, grid, target);
      const view = lookAt(scene, pixels);
      if (!paintPixels(scene, pixels, view, target)) return view.below;
      return findOnlyLabel(target.subarray(0, box.width * box.height));
    },
    findRuns(box, { runs, spare }) {
      const pixels = checkBox(box, grid, spare);
      const view = lookAt(scene, pixels);
      // One shape on even ground is told by its edges, without a look at pixels.
      const plain = view.found.length < 2 && EDGE_RULES[rule].outline === undefined;
      if (plain) listRuns(scene, pixels, view, runs);
      else if (paintPixels(scene, pixels, view, spare)) findRuns(spare.subarray(0, box.width * box.height), runs);
      else return view.below;
      return runs.count === 1 ? runs.values[0] : undefined;
    },
  };
}

/** What is painted, and what paints it. */
interface Scene {
  readonly table: EdgeTable;
  readonly index: BoxGrid;
  readonly shapes: ShapeRasterizer;
}

/** What shows in a box. */
interface View {
  /** Label of the last shape that covers the whole box, 0 without one. */
  readonly below: number;
  /** Shapes over it that may make a difference, in the order of painting. */
  readonly found: Uint32Array;
  /** The shape that covers the box, -1 without one. */
  readonly lowest: number;
}

function lookAt({ table, index, shapes }: Scene, box: PixelBox): View {
  const all = findShapes(index, box);
  const lowest = all.findLast((shape) => shapes.covers(shape, box)) ?? -1;
  const below = table.labels[lowest] ?? 0;
  const above = all.subarray(lowest < 0 ? 0 : all.indexOf(lowest) + 1);
  // What has the label of the ground makes no difference before something else does.
  const first = above.findIndex((shape) => table.labels[shape] !== below);
  return { below, found: above.subarray(first < 0 ? above.length : first), lowest };
}

/** The box as runs; there must be at most one shape in it, and its rule paint nothing along the edges. */
function listRuns({ table, shapes }: Scene, box: PixelBox, { below, found }: View, runs: PixelRuns): void {
  runs.count = 0;
  for (const shape of found) {
    const label = table.labels[shape] ?? 0;
    shapes.listInside(shape, box, 0, (spans) => addSpans(runs, spans, label, below));
  }
  endRuns(runs, (box.bottom - box.top) * (box.right - box.left), below);
}

/** Paints the box strip by strip; false where there was nothing to paint, and then nothing was written. */
function paintPixels(
  { table, index, shapes }: Scene,
  box: PixelBox,
  { below, found, lowest }: View,
  target: Uint8Array,
): boolean {
  if (found.length === 0) return false;
  const canvas = createCanvas(target);
  const width = box.right - box.left;
  // Pixels that have their label so far; nothing is written before a shape makes a difference.
  let filled = 0;
  for (const strip of cutStrips(box)) {
    const offset = (strip.top - box.top) * width;
    const end = (strip.bottom - box.top) * width;
    if (filled > 0) target.fill(below, filled, end);
    if (filled > 0) filled = end;
    const begin = () => {
      if (filled === 0) target.fill(below, 0, end);
      filled = end;
      return canvas;
    };
    for (const shape of end - offset === width * (box.bottom - box.top) ? found : findShapes(index, strip)) {
      canvas.label = table.labels[shape] ?? 0;
      if (shape > lowest && (filled > 0 || canvas.label !== below)) shapes.paint(shape, strip, offset, begin);
    }
  }
  return filled > 0;
}

/** The box in strips of rows, from the top. */
function* cutStrips({ left, top, right, bottom }: PixelBox): Generator<PixelBox> {
  const rows = Math.max(1, Math.floor(STRIP_PIXELS / (right - left) / STRIP_ROWS)) * STRIP_ROWS;
  for (let from = top; from < bottom; ) {
    const to = Math.min(bottom, from - (from % STRIP_ROWS) + Math.min(rows, MAX_STRIP_ROWS));
    yield { left, top: from, right, bottom: to };
    from = to;
  }
}

/** @throws OptionError */
export function checkGrid({ width, height, downsample }: MaskGrid): void {
  const sides = [width, height];
  if (!sides.every((side) => Number.isInteger(side) && side > 0 && side <= MAX_SIDE))
    throw new OptionError('grid', `a mask of 1 to ${MAX_SIDE} pixels a side`, { width, height });
  if (!(downsample.x > 0 && downsample.y > 0 && Number.isFinite(downsample.x + downsample.y)))
    throw new OptionError('downsample', 'a positive number for each axis', downsample);
}

function checkBox(
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  grid: MaskGrid,
  target: Uint8Array,
): PixelBox {
  const whole = [x, y, width, height].every(Number.isInteger) && width > 0 && height > 0;
  if (!(whole && x >= 0 && y >= 0 && x + width <= grid.width && y + height <= grid.height)) {
    const expected = `whole pixels inside the mask of ${grid.width} x ${grid.height}`;
    throw new OptionError('box', expected, { x, y, width, height });
  }
  if (width * height >= 2 ** 31) throw new OptionError('box', 'fewer than 2^31 pixels', { x, y, width, height });
  if (target.length < width * height)
    throw new OptionError('target', `room for ${width * height} pixels`, target.length);
  return { left: x, top: y, right: x + width, bottom: y + height };
}

/** Shapes that may change a pixel of the box, in the order of painting. */
function findShapes(index: BoxGrid, box: PixelBox): Uint32Array {
  const { boxes } = index;
  const found: number[] = [];
  visitBoxGrid(index, { left: box.left, top: box.top, right: box.right - 1, bottom: box.bottom - 1 }, (shape) => {
    const meetsColumns = (boxes[shape * 4] ?? 0) < box.right && (boxes[shape * 4 + 2] ?? 0) >= box.left;
    const meetsRows = (boxes[shape * 4 + 1] ?? 0) < box.bottom && (boxes[shape * 4 + 3] ?? 0) >= box.top;
    if (meetsColumns && meetsRows) found.push(shape);
    return false;
  });
  return Uint32Array.from(found).sort();
}

/** The label where all pixels have the same: where each equals its neighbour. The comparison stops at the first that doesn't. */
function findOnlyLabel(pixels: Uint8Array): number | undefined {
  return Buffer.compare(pixels.subarray(1), pixels.subarray(0, -1)) === 0 ? pixels[0] : undefined;
}
