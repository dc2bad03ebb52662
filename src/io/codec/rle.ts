import { CodecError } from '../../utils/errors.ts';
import { interleavePlanes } from '../kernels/interleave-planes.ts';
import { decodePackbits } from './packbits.ts';
import type { SampleFrame } from './sample-frame.ts';

/** A count and 15 offsets of 4 bytes, little endian. */
const HEADER = 64;

/**
 * DICOM RLE (PS3.5, annex G): each byte of each sample is a segment of PackBits, the high byte first.
 * @returns interleaved samples, those of two bytes little endian
 * @throws CodecError where segments are missing, leave the frame, or hold too little
 */
export function decodeRle(bytes: Uint8Array, expected: SampleFrame): Uint8Array {
  const { width, height, samples, bytesPerSample } = expected;
  const offsets = readOffsets(bytes, samples * bytesPerSample);
  const segments = offsets.map((offset, index) => {
    const segment = bytes.subarray(offset, offsets[index + 1] ?? bytes.length);
    try {
      return decodePackbits(segment, width * height);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new CodecError('rle', `segment ${index + 1} of ${offsets.length}: ${why}`, { cause });
    }
  });
  if (bytesPerSample === 1) return interleavePlanes(segments);
  // Little endian has the low byte first.
  return interleavePlanes(segments.map((segment, index) => segments[index ^ 1] ?? segment));
}

function readOffsets(bytes: Uint8Array, wanted: number): number[] {
  if (bytes.length < HEADER) throw new CodecError('rle', `${bytes.length} bytes, the header alone takes ${HEADER}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  if (count !== wanted || count > 15) throw new CodecError('rle', `${count} segments, ${wanted} expected`);
  const offsets = Array.from({ length: count }, (_, i) => view.getUint32(4 + 4 * i, true));
  offsets.forEach((offset, index) => {
    if (offset < (offsets[index - 1] ?? HEADER) || offset > bytes.length)
      throw new CodecError('rle', `segment ${index + 1} begins at byte ${offset} of ${bytes.length}`);
  });
  return offsets;
}
