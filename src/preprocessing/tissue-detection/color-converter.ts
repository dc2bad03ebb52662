/** Colour planes of whole pictures, by the WebAssembly kernels where the machine runs them, or in plain TypeScript. */
import { createRgbConverter, type RgbConverter } from '../../io/kernels/rgb-convert-wasm.ts';
import { createKernels, hasWasmSimd } from '../../io/kernels/wasm-kernels.ts';
import { computeGrey, computeHsv, computeSaturation } from './kernels/color.ts';

/** Each takes interleaved RGB bytes, and fills and returns `out`, which is made where it is not given. */
export interface ColorConverter {
  /** One byte a pixel. */
  computeGrey(rgb: Uint8Array, out?: Uint8Array): Uint8Array;
  /** One byte a pixel, 0..255. */
  computeSaturation(rgb: Uint8Array, out?: Uint8Array): Uint8Array;
  /** Interleaved hue (0..179), saturation and value (0..255). */
  computeHsv(rgb: Uint8Array, out?: Uint8Array): Uint8Array;
}

/** The same bytes as the kernels give, three to six times slower. */
export const PLAIN_COLORS: ColorConverter = Object.freeze({ computeGrey, computeSaturation, computeHsv });

/** Twice what the kernels ask for at least; pictures pass through 96 KiB of it. */
const KERNEL_BYTES = 2 ** 21;
/** Pixels in a call: within what the converter copies in at a time, whatever the picture's shape. */
const CHUNK_PIXELS = 16_384;

/** Holds a MiB or two of kernel memory for as long as it is referred to: make one for a picture, and let it go. */
export function createColorConverter(): ColorConverter {
  if (!hasWasmSimd()) return PLAIN_COLORS;
  const converter = createRgbConverter(createKernels(KERNEL_BYTES));
  return {
    computeGrey: defineConversion(converter.toGrey, 1),
    computeSaturation: defineConversion(converter.toSaturation, 1),
    computeHsv: defineConversion(converter.toHsv, 3),
  };
}

function defineConversion(convert: RgbConverter['toGrey'], channels: 1 | 3): ColorConverter['computeGrey'] {
  const createBlock = (pixels: Uint8Array, width: number, of: 1 | 3) =>
    ({ pixels, pitch: width * of, width, height: 1, channels: of }) as const;
  return (rgb, out = new Uint8Array((rgb.length / 3) * channels)) => {
    const pixels = rgb.length / 3;
    for (let from = 0; from < pixels; from += CHUNK_PIXELS) {
      const count = Math.min(CHUNK_PIXELS, pixels - from);
      const source = createBlock(rgb.subarray(3 * from, 3 * (from + count)), count, 3);
      convert(source, createBlock(out.subarray(channels * from, channels * (from + count)), count, channels));
    }
    return out;
  };
}
