import { swapBytePairs } from '../../../io/kernels/dicom-samples.ts';
import { interleavePlanes } from '../../../io/kernels/interleave-planes.ts';
import { COMPRESSION } from '../../../io/tiff/tags.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { type FrameDecoder, type FrameShape, getMeaning, getParameters } from './frame-shape.ts';
import { createSampleDecoder } from './sample-decoder.ts';

/** Frames of plain samples, pixel by pixel or plane by plane. @throws UnsupportedFormatError */
export function createNativeDecoder(shape: FrameShape): FrameDecoder {
  const { samples, littleEndian, words, width, height } = shape;
  const { count, bitsAllocated, bitsStored, photometric } = samples;
  const planar = samples.planar && count > 1;
  const swapped = !littleEndian && words && bitsAllocated === 8;
  // A frame of an odd number of bytes begins in the middle of a word.
  if (swapped && (width * height * count) % 2 === 1)
    throw new UnsupportedFormatError(shape.name, 'big endian words in frames of an odd number of bytes');
  const decoder = createSampleDecoder(shape, {
    codec: 'uncompressed',
    littleEndian,
    unpack(frame) {
      // A source's bytes are shared: what comes back is a copy.
      const bytes = swapped ? swapBytePairs(frame) : frame;
      if (planar) return interleavePlanes(cutPlanes(bytes, count));
      return swapped ? bytes : new Uint8Array(bytes);
    },
  });
  const plain = !swapped && !planar && photometric !== 'YBR_FULL' && bitsStored === bitsAllocated;
  const parameters = getParameters(shape, getMeaning(shape));
  return { ...decoder, ...(plain && { asTile: { compression: COMPRESSION.None, parameters } }) };
}

function cutPlanes(bytes: Uint8Array, count: number): Uint8Array[] {
  const size = bytes.length / count;
  return Array.from({ length: count }, (_, plane) => bytes.subarray(plane * size, (plane + 1) * size));
}
