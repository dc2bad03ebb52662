import { convertToSamples } from '../../../io/codec/convert-to-samples.ts';
import { convertSamples } from '../../../io/codec/samples-to-rgb.ts';
import { keepLowBits, spreadBits } from '../../../io/kernels/dicom-samples.ts';
import { convertYcbcrToRgb } from '../../../io/kernels/ycbcr-to-rgb.ts';
import { PHOTOMETRIC } from '../../../io/tiff/tags.ts';
import { CodecError, UnsupportedFormatError } from '../../../utils/errors.ts';
import { type FrameDecoder, type FrameShape, getMeaning, getParameters } from './frame-shape.ts';

/** Frames that become plain samples. */
export interface SampleUnpacker {
  readonly codec: string;
  /** 16-bit samples are little endian; native ones of big endian files are as they are stored. */
  readonly littleEndian: boolean;
  /** Interleaved samples, which the caller may change. @throws CodecError */
  unpack(frame: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Makes pixels of samples: grey of 8 and 16 bits, or of the low bits of 16; RGB and YBR_FULL of 8. @throws UnsupportedFormatError */
export function createSampleDecoder(shape: FrameShape, unpacker: SampleUnpacker): FrameDecoder {
  const { name, samples } = shape;
  const { count, bitsAllocated, bitsStored, photometric } = samples;
  if (count === 3 && photometric !== 'RGB' && photometric !== 'YBR_FULL')
    throw new UnsupportedFormatError(name, `frames that are not read: ${photometric} in the codec ${unpacker.codec}`);
  const { codec, littleEndian } = unpacker;
  const ycbcr = photometric === 'YBR_FULL';
  const meaning = ycbcr ? PHOTOMETRIC.Rgb : getMeaning(shape);
  const parameters = { ...getParameters(shape, meaning), littleEndian };
  const unpack = async (frame: Uint8Array): Promise<Uint8Array> => {
    if (frame.length === 0) throw new CodecError(codec, 'an empty frame');
    return unpacker.unpack(frame);
  };
  return {
    codec,
    ...(count === 1 && {
      async decodeSamples(frame: Uint8Array) {
        const block = convertToSamples(codec, await unpack(frame), parameters);
        // What stands above the stored bits are overlays.
        if (bitsStored < bitsAllocated) keepLowBits(block.data, bitsStored);
        return block;
      },
    }),
    async decode(frame) {
      const raw = await unpack(frame);
      const spread = bitsStored === bitsAllocated ? raw : spreadBits(raw, { bits: bitsStored, littleEndian });
      const raster = convertSamples(codec, spread, parameters);
      if (ycbcr) convertYcbcrToRgb(raster.data);
      return raster;
    },
  };
}
