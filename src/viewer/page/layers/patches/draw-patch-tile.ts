import { getColorTable } from '../color-scale.ts';
import { addBox, type BoxSums, createBoxSums, finishSums } from '../kernels/box-sums.ts';
import { paintColors, paintValues } from '../kernels/paint-sums.ts';
import { packColor, strokeBox } from '../kernels/stroke-box.ts';
import { placeBox, visitBoxes } from '../kernels/visit-boxes.ts';
import { getFrameBox, type TileFrame } from '../tile-frame.ts';
import type { PatchIndex } from './patch-index.ts';
import type { PatchStyle } from './patch-style.ts';

/** Pixels of a tile, which on the screen are 0.7 to 1.4 large. */
const LINE_WIDTH = 2;
/** Patches with both sides at least so long have an outline, smaller ones are filled. */
const MIN_OUTLINED = 10;
/** Tissue stays visible below, and colours can be read. */
const FILL_ALPHA = 128;
/** Of small patches without numbers: as strong as a grid of lines looks from afar. */
const SHADE_ALPHA = 110;
const LINE_ALPHA = 255;
/** Patches without a number. */
const NO_NUMBER = [128, 128, 128] as const;

/** `values` are the numbers of the style's column. */
export interface PatchPaint {
  readonly style: PatchStyle;
  readonly values: Float32Array | null;
}

/**
 * The tile's pixels, RGBA and not premultiplied; null where no patch is. Where patches overlap, or several fall on one pixel, its
 * colour is that of their mean number, weighted by area; how much of a pixel is covered is its opacity.
 */
export function drawPatchTile(
  index: PatchIndex,
  frame: TileFrame,
  paint: PatchPaint,
): Uint8ClampedArray<ArrayBuffer> | null {
  const { sums, outlined } = sortPatches(index, frame, paint);
  if (sums === null && outlined.length === 0) return null;
  const rgba = new Uint8ClampedArray(frame.size * frame.size * 4);
  if (sums !== null) paintFill(sums, rgba, paint);
  strokePatches(index, frame, { rgba, outlined, ...paint });
  return rgba;
}

/** Sums of what is to be filled (null: nothing), and the patches that want an outline, lowest first. */
function sortPatches(
  { grid }: PatchIndex,
  frame: TileFrame,
  { style, values }: PatchPaint,
): { readonly sums: BoxSums | null; readonly outlined: Uint32Array } {
  const outlined: number[] = [];
  let sums: BoxSums | null = null;
  const box = new Float64Array(4);
  const numbers = Float64Array.from(style.color);
  visitBoxes(grid, getFrameBox(frame), (item) => {
    placeBox(grid, item, { frame, to: box });
    const [left = 0, top = 0, right = 0, bottom = 0] = box;
    const large = right - left >= MIN_OUTLINED && bottom - top >= MIN_OUTLINED;
    if (large && style.outline) outlined.push(item);
    if (!style.fill && (large || !style.outline)) return;
    if (values !== null) {
      const value = values[item] ?? Number.NaN;
      if (Number.isNaN(value)) return;
      numbers[0] = value;
    }
    sums ??= createBoxSums(frame.size, values === null ? 3 : 1);
    addBox(sums, box, numbers);
  });
  return { sums, outlined: Uint32Array.from(outlined).sort() };
}

function paintFill(sums: BoxSums, rgba: Uint8ClampedArray, { style, values }: PatchPaint): void {
  finishSums(sums);
  const { map, range } = style.scale;
  const [low, high] = range;
  if (values === null) paintColors(sums, rgba, SHADE_ALPHA);
  else paintValues(sums, rgba, { table: getColorTable(map), low, high, alpha: FILL_ALPHA });
}

function strokePatches(
  { grid }: PatchIndex,
  frame: TileFrame,
  { rgba, outlined, style, values }: PatchPaint & { rgba: Uint8ClampedArray; outlined: Uint32Array },
): void {
  const pixels = new Uint32Array(rgba.buffer);
  const colors = values === null ? null : packTable(style);
  const plain = packColor([...(values === null ? style.color : NO_NUMBER), LINE_ALPHA]);
  const box = new Float64Array(4);
  for (const item of outlined) {
    placeBox(grid, item, { frame, to: box });
    const color = colors?.(values?.[item] ?? Number.NaN) ?? plain;
    strokeBox(pixels, box, { color, width: LINE_WIDTH });
  }
}

/** From a number to its packed colour; `undefined` of NaN. */
function packTable({ scale: { map, range } }: PatchStyle): (value: number) => number | undefined {
  const table = getColorTable(map);
  const packed = Uint32Array.from({ length: 256 }, (_, i) =>
    packColor([table[3 * i] ?? 0, table[3 * i + 1] ?? 0, table[3 * i + 2] ?? 0, LINE_ALPHA]),
  );
  const [low, high] = range;
  const step = high > low ? 255 / (high - low) : 0;
  return (value) => packed[Math.round(Math.min(255, Math.max(0, (value - low) * step)))];
}
