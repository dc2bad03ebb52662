import { DicomError } from '../../utils/errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import type { DicomElement } from './element.ts';
import type { FrameSource } from './frame-source.ts';

/**
 * Frames of plain samples, one behind the other.
 * @param frameBytes bytes of one; whole numbers only
 * @throws DicomError where the pixel data are shorter than the frames
 */
export function openNativeFrames(
  source: ByteSource,
  pixelData: DicomElement,
  { frames, frameBytes }: { frames: number; frameBytes: number },
): FrameSource {
  const { at, length } = pixelData;
  if (length === undefined) throw new DicomError(source.name, 'fragments of pixel data in a native transfer syntax');
  // A length of 32 bits: larger native pixel data can't be written.
  if (frames * frameBytes > length || at + length > source.size) {
    const there = Math.min(length, source.size - at);
    throw new DicomError(source.name, `${there} bytes of pixel data, ${frames} frames of ${frameBytes} bytes expected`);
  }
  return {
    count: frames,
    read: (frame) => source.read(at + frame * frameBytes, frameBytes),
    locate: async () => ({
      offsets: Float64Array.from({ length: frames }, (_, frame) => at + frame * frameBytes),
      counts: new Float64Array(frames).fill(frameBytes),
    }),
  };
}
