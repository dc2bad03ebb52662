import { loadTiffCodec } from '../../../io/codec/codecs.ts';
import type { SampleFrame } from '../../../io/codec/sample-frame.ts';
import { parseJpegHeader } from '../../../io/kernels/jpeg-decode.ts';
import { COMPRESSION, PHOTOMETRIC } from '../../../io/tiff/tags.ts';
import { CodecError, isSlideloomError, UnsupportedFormatError } from '../../../utils/errors.ts';
import { type FrameDecoder, type FrameShape, getMeaning, getParameters } from './frame-shape.ts';
import { createNativeDecoder } from './native-decoder.ts';
import { createSampleDecoder } from './sample-decoder.ts';

/** @throws UnsupportedFormatError for samples that are not read in such frames */
export async function createFrameDecoder(shape: FrameShape): Promise<FrameDecoder> {
  switch (shape.pixels) {
    case 'native':
      return createNativeDecoder(shape);
    case 'jpeg':
      return createTileDecoder(shape, COMPRESSION.Jpeg);
    case 'jpeg2000':
      return createTileDecoder(shape, COMPRESSION.Jpeg2000);
    case 'jpeg-ls': {
      const { decodeJpegLs } = await import('../../../io/codec/jpeg-ls.ts');
      const unpack = (frame: Uint8Array) => decodeJpegLs(frame, getSampleFrame(shape));
      return createSampleDecoder(shape, { codec: 'jpeg-ls', littleEndian: true, unpack });
    }
    case 'rle': {
      const { decodeRle } = await import('../../../io/codec/rle.ts');
      const unpack = (frame: Uint8Array) => decodeRle(frame, getSampleFrame(shape));
      return createSampleDecoder(shape, { codec: 'rle', littleEndian: true, unpack });
    }
  }
}

function getSampleFrame({ width, height, samples }: FrameShape): SampleFrame {
  return { width, height, samples: samples.count, bytesPerSample: samples.bitsAllocated === 16 ? 2 : 1 };
}

/** Frames that TIFF tiles may be too. */
async function createTileDecoder(shape: FrameShape, compression: number): Promise<FrameDecoder> {
  const codec = await loadTiffCodec(compression);
  if (!codec) throw new RangeError(`no codec for compression ${compression}`);
  const parameters = getParameters(shape, await choosePhotometric(shape));
  const reason = codec.getUnsupportedReason(parameters);
  if (reason) throw new UnsupportedFormatError(shape.name, `frames that are not read: ${reason}`);
  const { samples } = codec;
  const checkEmpty = (frame: Uint8Array) => {
    if (frame.length === 0) throw new CodecError(codec.name, 'an empty frame');
  };
  return {
    codec: codec.name,
    async decode(frame) {
      checkEmpty(frame);
      return codec.decode(frame, parameters);
    },
    ...(samples &&
      parameters.samples === 1 &&
      samples.getUnsupportedReason(parameters) === undefined && {
        async decodeSamples(frame: Uint8Array) {
          checkEmpty(frame);
          return samples.decode(frame, parameters);
        },
      }),
    asTile: { compression, parameters },
  };
}

/**
 * The photometric interpretation says what the samples of a JPEG are, unless the stream itself says RGB (an Adobe marker
 * without transform): then the file contradicts itself, and its encoder is right. wsic packs the RGB tiles of an SVS as
 * they are and calls them YBR_FULL.
 */
async function choosePhotometric(shape: FrameShape): Promise<number> {
  const meaning = getMeaning(shape);
  if (shape.pixels !== 'jpeg' || meaning !== PHOTOMETRIC.YCbCr) return meaning;
  try {
    const first = await shape.readFirst();
    return first && parseJpegHeader(first).colour === 'rgb' ? PHOTOMETRIC.Rgb : meaning;
  } catch (error) {
    // A damaged frame is an error where it is read.
    if (isSlideloomError(error, 'codec', 'dicom', 'short-read')) return meaning;
    throw error;
  }
}
