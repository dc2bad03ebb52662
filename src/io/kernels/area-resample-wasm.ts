import { OptionError } from '../../utils/errors.ts';
import { checkInteger, checkNumber } from '../../utils/options.ts';
import { type AreaWindow, addArea, createAreaSums, writeArea } from './area-resample.ts';
import { checkBlock, type PixelBlock } from './pixel-block.ts';
import type { Kernels } from './wasm-kernels.ts';

/**
 * Area averaging of one block of pixels into another (area-resample.ts has the definition): whole steps by integer
 * sums, any other by the same operations as the plain version in the same order. Both give its bytes exactly.
 */
export interface AreaResampler {
  /**
   * Fills `target`, whose top-left pixel is the output's (0, 0). Of `source` its width and height count: what lies
   * beyond is white. Blocks may not overlap.
   * @throws OptionError where a block reaches beyond its bytes or has other channels, where a step is not above 0, or
   *   where pixels don't lie in the kernels' memory
   */
  resample(source: PixelBlock, window: AreaWindow, target: PixelBlock): void;
}

/** Steps for which the mean of a block is exact in f32. */
const MAX_BLOCK = 90;
/** Output columns at a time: their sums stay in the nearest cache. */
const COLUMNS = 512;
const SPAN_BYTES = 32;
const LINE_BYTES = 2 * 3 * 8;

/**
 * Lays out 40 KiB of the kernels' memory. Without `kernels` it works in plain TypeScript: ten times slower at fractional
 * steps, eighty at whole ones.
 */
export function createAreaResampler(kernels: Kernels | undefined): AreaResampler {
  const fill = kernels ? createWasmFill(kernels) : fillPlain;
  return {
    resample(source, window, target) {
      checkBlock(source);
      checkBlock(target);
      checkInteger('channels', target.channels, { min: source.channels, max: source.channels });
      checkNumber('x', window.x);
      checkNumber('y', window.y);
      checkNumber('stepX', window.stepX, { above: 0 });
      checkNumber('stepY', window.stepY, { above: 0 });
      fill(source, window, target);
    },
  };
}

function createWasmFill(kernels: Kernels): AreaResampler['resample'] {
  const spans = kernels.allocate(COLUMNS * SPAN_BYTES);
  const scratch = kernels.allocate(COLUMNS * LINE_BYTES);
  return (source, window, target) => {
    const from = locate(kernels, source.pixels);
    const to = locate(kernels, target.pixels);
    if (isWholeBlocks(source, window, target)) {
      const { pitch, channels } = source;
      const at = from + window.y * pitch + window.x * channels;
      const run = channels === 3 ? kernels.areaBlocksColour : kernels.areaBlocksGrey;
      run(at, pitch, to, target.pitch, target.width, target.height, window.stepX, window.stepY);
      return;
    }
    fillWindows(kernels, { source, window, target }, { from, to, spans, scratch });
  };
}

function fillWindows(
  kernels: Kernels,
  { source, window, target }: { source: PixelBlock; window: AreaWindow; target: PixelBlock },
  { from, to, spans, scratch }: { from: number; to: number; spans: number; scratch: number },
): void {
  const { x, y, stepX, stepY } = window;
  const { pitch, width, height, channels } = source;
  const area = stepX * stepY;
  for (let first = 0; first < target.width; first += COLUMNS) {
    const end = Math.min(target.width, first + COLUMNS);
    kernels.areaSpans(spans, x, stepX, first, end, width, channels);
    const place = to + first * channels;
    const shape = [end - first, target.height] as const;
    kernels.areaWindows(
      ...[from, pitch, height, channels, spans, scratch, place, target.pitch, ...shape, y, stepY, area],
    );
  }
}

/** Whole steps from whole pixels, all of them inside the source. */
function isWholeBlocks(source: PixelBlock, window: AreaWindow, target: PixelBlock): boolean {
  const { x, y, stepX, stepY } = window;
  const whole = Number.isInteger(x) && Number.isInteger(y) && Number.isInteger(stepX) && Number.isInteger(stepY);
  if (!whole || x < 0 || y < 0 || stepX > MAX_BLOCK || stepY > MAX_BLOCK) return false;
  return x + target.width * stepX <= source.width && y + target.height * stepY <= source.height;
}

function locate(kernels: Kernels, pixels: Uint8Array): number {
  if (pixels.buffer === kernels.memory.buffer) return pixels.byteOffset;
  throw new OptionError('pixels', "a view of the kernels' own memory", pixels);
}

function fillPlain(source: PixelBlock, window: AreaWindow, target: PixelBlock): void {
  const { width, height, channels } = source;
  const sums = createAreaSums({ width: target.width, channels, firstRow: 0, endRow: target.height });
  addArea(sums, toWholePixelPitch(source), { window, width, height });
  const packed = new Uint8Array(target.width * target.height * channels);
  writeArea(sums, window, packed);
  const rowBytes = target.width * channels;
  for (let row = 0; row < target.height; row++)
    target.pixels.set(packed.subarray(row * rowBytes, (row + 1) * rowBytes), row * target.pitch);
}

/** The plain version counts a row in pixels: a pitch that is no whole number of them is copied away. */
function toWholePixelPitch({ pixels, pitch, width, height, channels }: PixelBlock) {
  if (pitch % channels === 0) return { data: pixels, width: pitch / channels, height, channels };
  const data = new Uint8Array(width * height * channels);
  for (let row = 0; row < height; row++)
    data.set(pixels.subarray(row * pitch, row * pitch + width * channels), row * width * channels);
  return { data, width, height, channels };
}
