import { type BoxGrid, visitBoxGrid } from '../../geometry/kernels/box-grid.ts';
import { OptionError } from '../../utils/errors.ts';
import type { MaskGrid, MaskRasterizer, MaskRule, MaskShape } from './annotation.ts';
import { EDGE_RULES } from './edge-rules.ts';
import { createEdgeTable } from './edge-table.ts';
import { createBoundedGrid } from './kernels/bounded-grid.ts';
import type { PixelBox } from './kernels/row-crossings.ts';
import { paintSpans } from './kernels/row-spans.ts';
import { createShapeRasterizer } from './rasterize-shape.ts';

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
  const shapeRasterizer = createShapeRasterizer(table, EDGE_RULES[rule], grid);

  return {
    grid,
    rasterize(box, target) {
      const pixels = checkBox(box, grid, target);
      const found = findShapes(index, pixels);
      // The last shape that covers the whole box: below it nothing shows.
      const lowest = found.findLast((shape) => shapeRasterizer.covers(shape, pixels)) ?? -1;
      const below = table.labels[lowest] ?? 0;
      const words = toWords(target);
      // Pixels that have their label so far; nothing is written before a shape makes a difference.
      let filled = 0;
      for (const strip of cutStrips(pixels)) {
        const offset = (strip.top - pixels.top) * box.width;
        const end = offset + (strip.bottom - strip.top) * box.width;
        if (filled > 0) target.fill(below, filled, end);
        if (filled > 0) filled = end;
        for (const shape of strip.bottom - strip.top === box.height ? found : findShapes(index, strip)) {
          const label = table.labels[shape] ?? 0;
          if (shape <= lowest || (filled === 0 && label === below)) continue;
          shapeRasterizer.rasterize(shape, strip, offset, (spans) => {
            if (filled === 0) target.fill(below, 0, end);
            filled = end;
            paintSpans(target, words, spans, label);
          });
        }
      }
      return filled === 0 ? below : findOnlyLabel(target.subarray(0, box.width * box.height));
    },
  };
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

function checkGrid({ width, height, downsample }: MaskGrid): void {
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

/** The same memory by fours of bytes; empty where it doesn't begin at a multiple of four. */
function toWords(target: Uint8Array): Uint32Array {
  if (target.byteOffset % 4 !== 0) return new Uint32Array(0);
  return new Uint32Array(target.buffer, target.byteOffset, target.length >> 2);
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
