import { CodecError } from '../../utils/errors.ts';
import { checkChoice, checkInteger, withDefaults } from '../../utils/options.ts';
import { checkBlock, type PixelBlock } from './pixel-block.ts';
import { writeBlockHead } from './png-encode/deflate-block.ts';
import { createTwinEngine, createWasmEngine, type PngEngine } from './png-encode/engines.ts';
import { beginFile, finishFile, getPngBound } from './png-encode/png-file.ts';
import type { Kernels } from './wasm-kernels.ts';

export { getPngBound } from './png-encode/png-file.ts';

/**
 * PNG files from 8-bit RGB or grey pixels: one filter for all rows, then one deflate block of Huffman-coded literals with
 * runs of zeros as the only matches. The same pixels give the same bytes with WebAssembly and without.
 */
export interface PngEncoderOptions {
  /** The largest block that will be given: memory is laid out for it once. */
  readonly maxWidth: number;
  readonly maxHeight: number;
  /** 3 (RGB) by default; such an encoder takes grey too. */
  readonly maxChannels?: 1 | 3;
  /** Paeth by default, the best of the three for tissue. */
  readonly filter?: PngFilter;
}

export type PngFilter = keyof typeof FILTERS;

export const PNG_ENCODER_DEFAULTS = { maxChannels: 3, filter: 'paeth' } as const;

/** As a PNG stores them. */
const FILTERS = { sub: 1, up: 2, paeth: 4 } as const;

export interface PngEncoder {
  /**
   * A view of the file in the encoder's own memory, good until the next call and until the kernels' memory grows.
   * @throws CodecError where the block is larger than the encoder was made for
   * @throws OptionError where it reaches beyond its pixels, or they don't lie in the kernels' memory
   */
  encode(block: PixelBlock): Uint8Array;
}

/** A code from so many bytes is as good as one from all of them: more are sampled, a row of every so many. */
const SAMPLE_BYTES = 32_768;
const MAX_STEP = 8;

/** Without `kernels` it works in plain TypeScript, some 20 times slower; see `hasWasmSimd`. */
export function createPngEncoder(kernels: Kernels | undefined, options: PngEncoderOptions): PngEncoder {
  const { maxWidth, maxHeight, maxChannels, filter } = withDefaults(PNG_ENCODER_DEFAULTS, options);
  checkInteger('maxWidth', maxWidth, { min: 1 });
  checkInteger('maxHeight', maxHeight, { min: 1 });
  checkChoice('filter', filter, Object.keys(FILTERS) as PngFilter[]);
  const limits = {
    rowBytes: maxWidth * maxChannels,
    outputBytes: getPngBound({ width: maxWidth, height: maxHeight, channels: maxChannels }),
  };
  const engine = kernels ? createWasmEngine(kernels, limits) : createTwinEngine(limits);
  return {
    encode(block) {
      checkBlock(block);
      const { width, height, channels } = block;
      if (width * channels > limits.rowBytes || getPngBound(block) > limits.outputBytes)
        throw new CodecError(
          'png',
          `expected a block of at most ${maxWidth} x ${maxHeight} x ${maxChannels} but received ${width} x ${height} x ${channels}`,
        );
      return encodeBlock(engine, block, FILTERS[filter]);
    },
  };
}

function encodeBlock(engine: PngEngine, block: PixelBlock, filter: number): Uint8Array {
  const bytes = engine.getOutput();
  const place = { bytes, at: beginFile(bytes, block), bits: 0, bitCount: 0 };
  const every = Math.max(
    1,
    Math.min(MAX_STEP, Math.floor((block.height * block.width * block.channels) / SAMPLE_BYTES)),
  );
  const { counts, codes } = engine.count({ block, filter, every });
  writeBlockHead(place, counts, { sampled: every > 1, codes });
  const end = engine.write({ block, filter }, place);
  return bytes.subarray(0, finishFile(bytes, end, engine.crc));
}
