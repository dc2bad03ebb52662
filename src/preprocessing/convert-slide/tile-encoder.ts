import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { createJpegEncoder, type Subsampling } from '../../io/kernels/jpeg-encode.ts';
import { createKernels, hasWasmSimd } from '../../io/kernels/wasm-kernels.ts';
import type { SampleArray, SampleType } from '../../io/sample-raster.ts';
import { COMPRESSION, PHOTOMETRIC } from '../../io/tiff/tags.ts';
import type { Encoding } from './encoding.ts';
import { applyDifferences } from './kernels/sample-tiles.ts';

/** What tiles are encoded as. */
export type EncodedKind = 'jpeg' | 'deflate' | 'none';

export interface TileEncoder {
  readonly encoding: Encoding;
  /** Of a whole tile, whose values it may change. The bytes belong to the receiver. */
  encode(tile: SampleArray): Uint8Array | Promise<Uint8Array>;
}

export interface TileEncoderOptions {
  readonly kind: EncodedKind;
  /** Of JPEG. */
  readonly quality: number;
  /** Of the chroma of JPEG; 4:2:0 by default. */
  readonly subsampling?: Subsampling;
  readonly samples: 1 | 3;
  readonly type: SampleType;
  /** Pixels a side. */
  readonly size: number;
}

/** The encoder's own tables and buffers, a tile, and its stream of at most 8 times its size. */
const KERNEL_BYTES = 128 * 2 ** 20;
/** zlib's own middle. */
const DEFLATE = { level: 6 };

const deflateAsync = promisify(deflate);

export function createTileEncoder(options: TileEncoderOptions): TileEncoder {
  return options.kind === 'jpeg' ? createJpegTileEncoder(options) : createRawTileEncoder(options);
}

/** Baseline, with the tables in tag 347. */
function createJpegTileEncoder({ quality, subsampling = '4:2:0', samples, size }: TileEncoderOptions): TileEncoder {
  const kernels = hasWasmSimd() ? createKernels(KERNEL_BYTES) : undefined;
  const encoder = createJpegEncoder(kernels, { maxWidth: size, maxHeight: size, quality, subsampling, tables: 'omit' });
  const length = size * size * samples;
  const address = kernels?.allocate(length) ?? 0;
  return {
    encoding: {
      compression: COMPRESSION.Jpeg,
      photometric: samples === 3 ? PHOTOMETRIC.YCbCr : PHOTOMETRIC.BlackIsZero,
      ...{ samples, bitsPerSample: 8, predictor: 1, extraSample: 0 },
      jpegTables: encoder.getTables(samples),
      subsampling: samples === 3 ? (subsampling === '4:4:4' ? [1, 1] : [2, 2]) : undefined,
    },
    encode(tile) {
      const pixels = kernels ? kernels.bytes(address, length) : new Uint8Array(length);
      pixels.set(tile);
      const block = { pixels, pitch: size * samples, width: size, height: size, channels: samples };
      return encoder.encode(block).slice();
    },
  };
}

/** Differences are taken of whole numbers of up to 16 bits, which every reader of TIFF knows. */
function createRawTileEncoder({ kind, samples, type, size }: TileEncoderOptions): TileEncoder {
  const bitsPerSample = BITS[type];
  const predicted = kind === 'deflate' && bitsPerSample <= 16;
  return {
    encoding: {
      compression: kind === 'deflate' ? COMPRESSION.AdobeDeflate : COMPRESSION.None,
      photometric: samples === 3 ? PHOTOMETRIC.Rgb : PHOTOMETRIC.BlackIsZero,
      ...{ samples, bitsPerSample, predictor: predicted ? 2 : 1, extraSample: 0 },
      sampleFormat: getSampleFormat(type),
      jpegTables: undefined,
      subsampling: undefined,
    },
    encode(tile) {
      if (predicted) applyDifferences(tile, size * samples, samples);
      const bytes = new Uint8Array(tile.buffer, tile.byteOffset, tile.byteLength);
      return kind === 'deflate' ? deflateAsync(bytes, DEFLATE) : bytes;
    },
  };
}

/** As held in memory: half floats are widened. */
const BITS = {
  ...{ uint8: 8, int8: 8, uint16: 16, int16: 16, uint32: 32, int32: 32 },
  ...{ float16: 32, float32: 32, float64: 64 },
} as const satisfies Record<SampleType, number>;

/** Tag 339: 1 unsigned, 2 signed, 3 floating point. */
function getSampleFormat(type: SampleType): 1 | 2 | 3 {
  if (type.startsWith('float')) return 3;
  return type.startsWith('int') ? 2 : 1;
}
