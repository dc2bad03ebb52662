import { OptionError } from '../../utils/errors.ts';
import { checkInteger } from '../../utils/options.ts';
import { checkBlock, type PixelBlock } from './pixel-block.ts';
import { fillPlanes, PLANE_TABLE_LENGTH } from './rgb-planes.ts';
import type { Kernels } from './wasm-kernels.ts';

/** RGB blocks to planes of floats (NCHW for a batch of one) by a set of tables. */
export interface PlaneConverter {
  /**
   * `planes` holds exactly 3 x width x height floats, in the kernels' memory or anywhere else.
   * @throws OptionError
   */
  convert(source: PixelBlock, planes: Float32Array): void;
}

/** Floats at a time for planes outside the kernels' memory: they pass through the cache. */
const STRIP_PIXELS = 16_384;

/**
 * `tables` come from `createModelTables` or `createDensityTables`; they are copied. Lays out 200 KiB of the kernels'
 * memory. Without `kernels` it works in plain TypeScript, some five times slower.
 */
export function createPlaneConverter(kernels: Kernels | undefined, tables: Float32Array): PlaneConverter {
  checkInteger('tables.length', tables.length, { min: PLANE_TABLE_LENGTH, max: PLANE_TABLE_LENGTH });
  const fill = kernels ? createWasmFill(kernels, tables) : createPlainFill(tables);
  return {
    convert(source, planes) {
      checkBlock(source);
      checkInteger('channels', source.channels, { min: 3, max: 3 });
      const length = 3 * source.width * source.height;
      checkInteger('planes.length', planes.length, { min: length, max: length });
      fill(source, planes);
    },
  };
}

function createPlainFill(tables: Float32Array): PlaneConverter['convert'] {
  const own = tables.slice();
  return (source, planes) => fillPlanes(source, own, planes);
}

function createWasmFill(kernels: Kernels, tables: Float32Array): PlaneConverter['convert'] {
  const table = kernels.allocate(tables.byteLength);
  const strip = kernels.allocate(3 * 4 * STRIP_PIXELS);
  new Float32Array(kernels.memory.buffer, table, tables.length).set(tables);
  return (source, planes) => {
    const { buffer } = kernels.memory;
    const { pixels, pitch, width, height } = source;
    if (pixels.buffer !== buffer) throw new OptionError('pixels', "a view of the kernels' own memory", pixels);
    const from = pixels.byteOffset;
    if (planes.buffer === buffer) {
      kernels.rgbToPlanes(from, pitch, table, planes.byteOffset, width, height);
      return;
    }
    const most = Math.floor(STRIP_PIXELS / width);
    if (most === 0) return copyWideRows(kernels, source, { table, strip, planes });
    for (let row = 0; row < height; row += most) {
      const rows = Math.min(most, height - row);
      kernels.rgbToPlanes(from + row * pitch, pitch, table, strip, width, rows);
      copyStrip(kernels, { strip, planes }, { at: row * width, pixels: rows * width, plane: width * height });
    }
  };
}

interface StripTarget {
  readonly strip: number;
  readonly planes: Float32Array;
}

/** Rows wider than a strip go through it in pieces. */
function copyWideRows(
  kernels: Kernels,
  { pixels, pitch, width, height }: PixelBlock,
  target: StripTarget & { table: number },
): void {
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x += STRIP_PIXELS) {
      const count = Math.min(STRIP_PIXELS, width - x);
      const from = pixels.byteOffset + row * pitch + 3 * x;
      kernels.rgbToPlanes(from, pitch, target.table, target.strip, count, 1);
      copyStrip(kernels, target, { at: row * width + x, pixels: count, plane: width * height });
    }
  }
}

function copyStrip(
  kernels: Kernels,
  { strip, planes }: StripTarget,
  { at, pixels, plane }: { at: number; pixels: number; plane: number },
): void {
  for (let c = 0; c < 3; c++) {
    const values = new Float32Array(kernels.memory.buffer, strip + c * pixels * 4, pixels);
    planes.set(values, c * plane + at);
  }
}
