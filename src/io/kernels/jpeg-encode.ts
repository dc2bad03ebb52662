import { CodecError } from '../../utils/errors.ts';
import { checkChoice, checkInteger, withDefaults } from '../../utils/options.ts';
import { createCodingTables } from './jpeg-encode/coding-tables.ts';
import { createTwinEngine, createWasmEngine, type JpegEngine } from './jpeg-encode/engines.ts';
import { createHeader, createTablesStream, END_OF_IMAGE, type JpegHeader } from './jpeg-encode/jpeg-file.ts';
import { checkBlock, type PixelBlock } from './pixel-block.ts';
import type { Kernels } from './wasm-kernels.ts';

/**
 * Baseline JPEG files from 8-bit RGB or grey pixels, byte for byte what libjpeg-turbo writes with its accurate integer DCT
 * and standard Huffman tables. The same pixels give the same bytes with WebAssembly and without.
 */
export interface JpegEncoderOptions {
  /** The largest block that will be given: memory is laid out for it once. */
  readonly maxWidth: number;
  readonly maxHeight: number;
  /** 1 to 100 on libjpeg's scale. */
  readonly quality?: number;
  /** Of chroma; a grey block has none. */
  readonly subsampling?: Subsampling;
  /** `omit` writes abbreviated streams for a TIFF, whose tag 347 holds what `getTables` returns. */
  readonly tables?: 'inline' | 'omit';
}

export type Subsampling = (typeof SUBSAMPLINGS)[number];

export const JPEG_ENCODER_DEFAULTS = { quality: 90, subsampling: '4:2:0', tables: 'inline' } as const;

const SUBSAMPLINGS = ['4:2:0', '4:4:4'] as const;
const TABLES = ['inline', 'omit'] as const;

export interface JpegEncoder {
  /**
   * A view of the file in the encoder's own memory, good until the next call and until the kernels' memory grows.
   * @throws CodecError where the block is larger than the encoder was made for
   * @throws OptionError where it reaches beyond its pixels, or they don't lie in the kernels' memory
   */
  encode(block: PixelBlock): Uint8Array;
  /** The stream of tables for blocks of so many channels. */
  getTables(channels: 1 | 3): Uint8Array;
}

/** More than all markers take. */
const MARKER_BYTES = 704;
/**
 * No 8 x 8 block takes more than 150 bytes, as the energy of its samples bounds its coefficients: 63 of size 8 (18 bits each)
 * are the most that fit in it. Each byte may be an FF with a zero behind it.
 */
const BLOCK_BYTES = 320;
/** A row of MCUs is only begun where this is left over. */
const SPARE_BYTES = 64;

/** Most bytes that a block of this size can take. The kernel checks before each row of MCUs all the same. */
export function getJpegBound(
  { width, height, channels }: Pick<PixelBlock, 'width' | 'height' | 'channels'>,
  subsampling: Subsampling,
): number {
  const size = channels === 3 && subsampling === '4:2:0' ? 16 : 8;
  const perMcu = channels === 1 ? 1 : size === 16 ? 6 : 3;
  const mcus = Math.ceil(width / size) * Math.ceil(height / size);
  return MARKER_BYTES + mcus * perMcu * BLOCK_BYTES + SPARE_BYTES;
}

/** Without `kernels` it works in plain TypeScript, some 15 times slower; see `hasWasmSimd`. */
export function createJpegEncoder(kernels: Kernels | undefined, options: JpegEncoderOptions): JpegEncoder {
  const { maxWidth, maxHeight, quality, subsampling, tables } = withDefaults(JPEG_ENCODER_DEFAULTS, options);
  checkInteger('maxWidth', maxWidth, { min: 1 });
  checkInteger('maxHeight', maxHeight, { min: 1 });
  checkInteger('quality', quality, { min: 1, max: 100 });
  checkChoice('subsampling', subsampling, SUBSAMPLINGS);
  checkChoice('tables', tables, TABLES);
  const coding = createCodingTables(quality);
  const inline = tables === 'inline' ? coding : undefined;
  const headers = {
    1: createHeader({ channels: 1, subsampling }, inline),
    3: createHeader({ channels: 3, subsampling }, inline),
  };
  const outputBytes = getJpegBound({ width: maxWidth, height: maxHeight, channels: 3 }, subsampling);
  const limits = { width: maxWidth, outputBytes };
  const engine = kernels ? createWasmEngine(kernels, coding, limits) : createTwinEngine(coding, limits);
  return {
    encode(block) {
      checkBlock(block);
      if (block.width > maxWidth || getJpegBound(block, subsampling) > outputBytes)
        throw new CodecError(
          'jpeg',
          `expected a block of at most ${maxWidth} x ${maxHeight} but received ${block.width} x ${block.height}`,
        );
      return encodeBlock(engine, block, { header: headers[block.channels], subsampling });
    },
    getTables: (channels) => createTablesStream({ channels, subsampling }, coding),
  };
}

function encodeBlock(
  engine: JpegEngine,
  block: PixelBlock,
  { header, subsampling }: { header: JpegHeader; subsampling: Subsampling },
): Uint8Array {
  const bytes = engine.getOutput();
  const { width, height } = block;
  bytes.set(header.bytes, 0);
  bytes.set([height >> 8, height & 255, width >> 8, width & 255], header.sizeAt);
  const limit = bytes.length - END_OF_IMAGE.length;
  const end = engine.write(block, { subsampling, at: header.bytes.length, limit });
  if (end === 0) throw new CodecError('jpeg', `a block of ${width} x ${height} does not fit in ${bytes.length} bytes`);
  bytes.set(END_OF_IMAGE, end);
  return bytes.subarray(0, end + END_OF_IMAGE.length);
}
