import type { Color } from '../../../contract.ts';
import { addBox, type BoxSums, createBoxSums, finishSums } from '../kernels/box-sums.ts';
import { paintColors } from '../kernels/paint-sums.ts';
import { type RingPath, traceRing } from '../kernels/trace-ring.ts';
import { placeBox, visitBoxes } from '../kernels/visit-boxes.ts';
import { getFrameBox, type TileFrame } from '../tile-frame.ts';
import type { PolygonIndex } from './polygon-index.ts';
import type { PolygonStyle } from './polygon-style.ts';

/** What of a canvas polygons are drawn with. */
export interface PolygonCanvas extends RingPath {
  fillStyle: unknown;
  strokeStyle: unknown;
  lineWidth: number;
  lineJoin: string;
  beginPath(): void;
  fill(rule: 'evenodd'): void;
  stroke(): void;
}

/** Pixels of a tile, which on the screen are 0.7 to 1.4 large. */
const LINE_WIDTH = 2.5;
/** Polygons whose box is smaller on both sides are drawn as boxes: at this size they can't be told apart. */
const MIN_TRACED = 4;
const FILL_SHARE = 0.35;
const DOT_ALPHA = 190;

/** What a tile shows: small polygons as pixels, RGBA and not premultiplied (null where there are none), and those to trace, lowest first. */
export interface PolygonTile {
  readonly dots: Uint8ClampedArray<ArrayBuffer> | null;
  readonly traced: Uint32Array;
}

export function planPolygonTile(
  { table, grid }: PolygonIndex,
  frame: TileFrame,
  { colors, fill, outline }: PolygonStyle,
): PolygonTile {
  const traced: number[] = [];
  let sums: BoxSums | undefined;
  const box = new Float64Array(4);
  visitBoxes(grid, getFrameBox(frame, LINE_WIDTH), (item) => {
    const color = colors[table.classes[item] ?? 0] ?? null;
    if (color === null || !(fill || outline)) return;
    placeBox(grid, item, { frame, to: box });
    const [left = 0, top = 0, right = 0, bottom = 0] = box;
    if (right - left >= MIN_TRACED || bottom - top >= MIN_TRACED) {
      traced.push(item);
      return;
    }
    sums ??= createBoxSums(frame.size, 3);
    addBox(sums, box, Float64Array.from(color));
  });
  return { dots: sums === undefined ? null : paintDots(sums), traced: Uint32Array.from(traced).sort() };
}

function paintDots(sums: BoxSums): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(sums.size * sums.size * 4);
  finishSums(sums);
  paintColors(sums, rgba, DOT_ALPHA);
  return rgba;
}

/** Draws the polygons of `traced`: filled by the even-odd rule, as masks are, so that holes are holes. */
export function tracePolygons(
  canvas: PolygonCanvas,
  { table, getRings }: PolygonIndex,
  { frame, style, traced }: { frame: TileFrame; style: PolygonStyle; traced: Uint32Array },
): void {
  const rings = getRings(frame.downsample);
  const traceFrame = { ...frame, margin: 2 * LINE_WIDTH };
  canvas.lineWidth = LINE_WIDTH;
  canvas.lineJoin = 'round';
  let last: Color | null = null;
  for (const polygon of traced) {
    const color = style.colors[table.classes[polygon] ?? 0] ?? null;
    if (color === null) continue;
    if (color !== last) {
      canvas.fillStyle = `rgb(${color.join(' ')} / ${FILL_SHARE})`;
      canvas.strokeStyle = `rgb(${color.join(' ')})`;
      last = color;
    }
    canvas.beginPath();
    const [begin = 0, end = 0] = table.firstRings.subarray(polygon, polygon + 2);
    for (let ring = begin; ring < end; ring++) traceRing(canvas, rings, ring, traceFrame);
    if (style.fill) canvas.fill('evenodd');
    if (style.outline) canvas.stroke();
  }
}
