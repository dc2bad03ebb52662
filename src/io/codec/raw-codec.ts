import { convertToSamples, getUnsupportedSamples } from './convert-to-samples.ts';
import { convertSamples, getRawBytes, getUnsupportedLayout } from './samples-to-rgb.ts';
import type { TileCodec, TileParameters } from './tile-codec.ts';

/** How much a compressed tile of raw samples holds. */
export interface RawSize {
  /** Bytes that the tile's pixels take. */
  readonly length: number;
  /** Bytes of a tile of full height, to which some writers pad a last strip. What goes beyond is damage, or a bomb. */
  readonly most: number;
}

/** Bytes to at least `length` bytes of samples that the caller may change. @throws CodecError */
export type Expand = (bytes: Uint8Array, size: RawSize) => Uint8Array | Promise<Uint8Array>;

/** A codec that packs samples as they are, whatever they mean: the meaning is undone in `convertSamples`. */
export function createRawCodec(name: string, expand: Expand): TileCodec {
  const unpack = async (bytes: Uint8Array, parameters: TileParameters) => {
    const length = getRawBytes(parameters);
    const most = getRawBytes({ ...parameters, height: Math.max(parameters.height, parameters.fullHeight) });
    return expand(bytes, { length, most });
  };
  return {
    name,
    getUnsupportedReason: getUnsupportedLayout,
    decode: async (bytes, parameters) => convertSamples(name, await unpack(bytes, parameters), parameters),
    samples: {
      getUnsupportedReason: getUnsupportedSamples,
      decode: async (bytes, parameters) => convertToSamples(name, await unpack(bytes, parameters), parameters),
    },
  };
}
