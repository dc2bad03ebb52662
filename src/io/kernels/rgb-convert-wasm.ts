import { checkInteger } from '../../utils/options.ts';
import { checkBlock, type PixelBlock } from './pixel-block.ts';
import type { RgbArguments } from './rgb-exports.ts';
import type { Kernels } from './wasm-kernels.ts';

/**
 * Colour planes of RGB blocks, bit for bit OpenCV's 8-bit `cvtColor`. Blocks may lie in the kernels' memory or anywhere
 * else (they then pass through a strip of it); source and target may not overlap. Each throws OptionError where a block
 * reaches beyond its bytes, or target and source differ in size.
 */
export interface RgbConverter {
  /** (9798 R + 19235 G + 3735 B + 2^14) >> 15, one channel. */
  toGrey(rgb: PixelBlock, target: PixelBlock): void;
  /** 0..255, one channel. */
  toSaturation(rgb: PixelBlock, target: PixelBlock): void;
  /** Hue 0..179, saturation and value 0..255, interleaved. */
  toHsv(rgb: PixelBlock, target: PixelBlock): void;
}

/** Pixels that pass through the kernels' memory at a time. */
const STRIP_PIXELS = 16_384;

/** Lays out 96 KiB of the kernels' memory. The plain version is tissue detection's own (kernels/color.ts there). */
export function createRgbConverter(kernels: Kernels): RgbConverter {
  const strips = { input: kernels.allocate(3 * STRIP_PIXELS), output: kernels.allocate(3 * STRIP_PIXELS) };
  const define = (run: RgbKernel, channels: 1 | 3) => (rgb: PixelBlock, target: PixelBlock) => {
    checkPair(rgb, target, channels);
    convert({ kernels, run, strips }, rgb, target);
  };
  return {
    toGrey: define(kernels.rgbToGrey, 1),
    toSaturation: define(kernels.rgbToSaturation, 1),
    toHsv: define(kernels.rgbToHsv, 3),
  };
}

type RgbKernel = (...args: RgbArguments) => void;

interface Conversion {
  readonly kernels: Kernels;
  readonly run: RgbKernel;
  readonly strips: { readonly input: number; readonly output: number };
}

function checkPair(rgb: PixelBlock, target: PixelBlock, channels: 1 | 3): void {
  checkBlock(rgb);
  checkBlock(target);
  checkInteger('channels', rgb.channels, { min: 3, max: 3 });
  checkInteger('channels', target.channels, { min: channels, max: channels });
  checkInteger('width', target.width, { min: rgb.width, max: rgb.width });
  checkInteger('height', target.height, { min: rgb.height, max: rgb.height });
}

function convert({ kernels, run, strips }: Conversion, rgb: PixelBlock, target: PixelBlock): void {
  const { buffer } = kernels.memory;
  const { width, height, pitch } = rgb;
  if (rgb.pixels.buffer === buffer && target.pixels.buffer === buffer) {
    run(rgb.pixels.byteOffset, pitch, target.pixels.byteOffset, target.pitch, width, height);
    return;
  }
  const { channels } = target;
  const input = kernels.bytes(strips.input, 3 * STRIP_PIXELS);
  const output = kernels.bytes(strips.output, 3 * STRIP_PIXELS);
  for (const { row, x, count } of splitIntoStrips(rgb, target)) {
    const from = row * pitch + 3 * x;
    input.set(rgb.pixels.subarray(from, from + 3 * count));
    run(strips.input, 0, strips.output, 0, count, 1);
    target.pixels.set(output.subarray(0, channels * count), row * target.pitch + channels * x);
  }
}

/**
 * Runs of pixels that fit into a strip: pieces of rows, or of the whole where neither block has gaps between its rows.
 */
function* splitIntoStrips(rgb: PixelBlock, target: PixelBlock): Generator<{ row: number; x: number; count: number }> {
  const { width, height } = rgb;
  const isDense = rgb.pitch === 3 * width && target.pitch === target.channels * width;
  const [rows, columns] = isDense ? [1, width * height] : [height, width];
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < columns; x += STRIP_PIXELS) yield { row, x, count: Math.min(STRIP_PIXELS, columns - x) };
  }
}
