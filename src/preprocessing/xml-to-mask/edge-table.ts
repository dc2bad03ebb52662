import type { Ring } from '../../geometry/polygon.ts';
import { OptionError } from '../../utils/errors.ts';
import type { MaskGrid, MaskShape } from './annotation.ts';
import { binEdges, type EdgeBands, type RingTable } from './kernels/edge-bands.ts';
import { type Reach, reachFrom, reachTo } from './kernels/edge-reach.ts';
import type { PixelBox } from './kernels/row-crossings.ts';
import { type Coords, measurePoints, scaleRing } from './kernels/scale-points.ts';

/** All edges of a mask's shapes, in mask pixels. */
export interface EdgeTable extends RingTable {
  readonly reach: Reach;
  readonly bands: EdgeBands;
  /** Of each shape. */
  readonly labels: Uint8Array;
  /** First column, first row, last column, last row that each shape may change; all -1 where it changes none. */
  readonly boxes: Float64Array;
}

/** Beyond this, fractions of a pixel get lost in rounding. */
const MAX_COORDINATE = 2 ** 40;

/**
 * Memory: 16 bytes a vertex and up to 12 for its edge, 50 bytes a shape.
 * @throws OptionError for vertices that are no numbers, and labels outside 0 to 255
 */
export function createEdgeTable(
  shapes: readonly MaskShape[],
  grid: MaskGrid,
  { reach, coords }: { readonly reach: Reach; readonly coords: Coords },
): EdgeTable {
  const table = collectRings(shapes, grid, coords);
  const boxes = new Float64Array(shapes.length * 4).fill(-1);
  const rows = {
    tops: new Int32Array(shapes.length),
    ends: new Int32Array(shapes.length),
    means: new Float64Array(shapes.length),
  };
  for (const shape of shapes.keys()) {
    const place = placeShape(table, shape, reach, grid);
    if (place === undefined) continue;
    const { left, top, right, bottom } = place;
    boxes.set([left, top, right - 1, bottom - 1], shape * 4);
    rows.tops[shape] = top;
    rows.ends[shape] = bottom;
    rows.means[shape] = place.step;
  }
  return { ...table, reach, bands: binEdges(table, reach, grid.height, rows), labels: collectLabels(shapes), boxes };
}

/** @throws OptionError for labels outside 0 to 255 */
export function collectLabels(shapes: readonly MaskShape[]): Uint8Array {
  return Uint8Array.from(shapes, ({ label }) => {
    if (Number.isInteger(label) && label >= 0 && label <= 255) return label;
    throw new OptionError('label', 'a whole number from 0 to 255', label);
  });
}

/** The rings of each shape in mask pixels; the exterior comes first, even where it is empty. */
function collectRings(shapes: readonly MaskShape[], { downsample }: MaskGrid, coords: Coords): RingTable {
  const all: Ring[] = [];
  const firstRings = new Uint32Array(shapes.length + 1);
  shapes.forEach(({ polygon }, i) => {
    all.push(polygon.exterior, ...polygon.holes);
    firstRings[i + 1] = all.length;
  });
  const room = all.reduce((sum, ring) => sum + (ring.length >> 1) + 1, 0);
  const points = new Float64Array(room * 2);
  const rings = new Uint32Array(all.length + 1);
  let used = 0;
  all.forEach((ring, i) => {
    used += scaleRing(ring, points, used, { downsample, coords });
    rings[i + 1] = used;
  });
  return { points, rings, shapes: firstRings };
}

/** The pixels that the shape may change, and the mean height of its edges; undefined where it changes none of the mask. */
function placeShape(
  { points, rings, shapes }: RingTable,
  shape: number,
  reach: Reach,
  grid: MaskGrid,
): (PixelBox & { readonly step: number }) | undefined {
  const from = rings[shapes[shape] ?? 0] ?? 0;
  const to = rings[shapes[shape + 1] ?? 0] ?? 0;
  if (from === to) return undefined;
  const { range, step } = measurePoints(points, from, to, grid.height);
  if (!range.every((value) => Math.abs(value) <= MAX_COORDINATE)) {
    const expected = `vertices whose coordinates are numbers up to ${MAX_COORDINATE} mask pixels`;
    const hint = 'Leave such shapes out of the mask; the annotation file is probably damaged.';
    throw new OptionError('shapes', expected, `shape ${shape} from ${range.join(', ')}`, { hint });
  }
  const left = Math.max(0, reachFrom(reach, range[0]));
  const top = Math.max(0, reachFrom(reach, range[1]));
  const right = Math.min(grid.width, reachTo(reach, range[2]));
  const bottom = Math.min(grid.height, reachTo(reach, range[3]));
  return left < right && top < bottom ? { left, top, right, bottom, step } : undefined;
}
