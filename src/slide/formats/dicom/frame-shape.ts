import type { TileParameters } from '../../../io/codec/tile-codec.ts';
import type { PixelEncoding } from '../../../io/dicom/transfer-syntax.ts';
import type { Raster } from '../../../io/raster.ts';
import type { SampleBlock } from '../../../io/sample-raster.ts';
import { PHOTOMETRIC } from '../../../io/tiff/tags.ts';
import type { FrameSamples } from './wsi-image.ts';

/** Turns stored frames into pixels. */
export interface FrameDecoder {
  readonly codec: string;
  /** @throws CodecError */
  decode(frame: Uint8Array): Promise<Raster>;
  /** Samples as they are stored; absent where they are those of `decode`. @throws CodecError */
  decodeSamples?(frame: Uint8Array): Promise<SampleBlock>;
  /** As a tile of a TIFF with the same bytes would be described, where there could be one: workers read such tiles. */
  readonly asTile?: { readonly compression: number; readonly parameters: TileParameters };
}

export interface FrameShape {
  readonly name: string;
  readonly pixels: PixelEncoding;
  /** Byte order of native samples. */
  readonly littleEndian: boolean;
  readonly samples: FrameSamples;
  /** Pixels of a frame. */
  readonly width: number;
  readonly height: number;
  /** Pixel data are words (VR OW), which big endian files store with their bytes swapped. */
  readonly words: boolean;
  /** The bytes of some stored frame, where there is one. */
  readFirst(): Promise<Uint8Array | undefined>;
}

/** As TIFF says what samples mean. YBR_ICT and YBR_RCT are undone by the codec, whose output is RGB. */
const MEANING: Readonly<Record<string, number>> = {
  MONOCHROME1: PHOTOMETRIC.WhiteIsZero,
  MONOCHROME2: PHOTOMETRIC.BlackIsZero,
  RGB: PHOTOMETRIC.Rgb,
  YBR_ICT: PHOTOMETRIC.Rgb,
  YBR_RCT: PHOTOMETRIC.Rgb,
  YBR_FULL: PHOTOMETRIC.YCbCr,
  YBR_FULL_422: PHOTOMETRIC.YCbCr,
};

export function getParameters(
  { samples, width, height, littleEndian }: FrameShape,
  photometric: number,
): TileParameters {
  return {
    ...{ width, height, fullHeight: height, samples: samples.count, photometric },
    bitsPerSample: samples.bitsAllocated,
    ...(samples.bitsStored < samples.bitsAllocated && { significantBits: samples.bitsStored }),
    littleEndian,
    predictor: 1,
    extraSample: 0,
    jpegTables: undefined,
  };
}

export function getMeaning({ samples }: FrameShape): number {
  return MEANING[samples.photometric] ?? PHOTOMETRIC.Rgb;
}
