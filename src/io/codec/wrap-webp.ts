import { COMPRESSION, PHOTOMETRIC, TAG } from '../tiff/tags.ts';

const SHORT = 3;
const LONG = 4;
const ENTRIES = 9;
const BITS_AT = 8 + 2 + ENTRIES * 12 + 4;
/** Strips begin on a word. */
const STREAM_AT = BITS_AT + 6;

/** A WebP stream of three samples as a TIFF in memory, of one strip. */
export function wrapWebp(stream: Uint8Array, { width, height }: { width: number; height: number }): Uint8Array {
  const file = new Uint8Array(STREAM_AT + stream.length);
  const view = new DataView(file.buffer);
  // Byte order "II", version 42, and where the directory begins.
  file.set([0x49, 0x49, 42, 0, 8]);
  view.setUint16(8, ENTRIES, true);
  let at = 10;
  const put = (tag: number, type: number, value: number, count = 1) => {
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, count, true);
    // A lone short lies in the first two bytes of the field, which is what a little-endian long of its value has.
    view.setUint32(at + 8, value, true);
    at += 12;
  };
  put(TAG.ImageWidth, LONG, width);
  put(TAG.ImageLength, LONG, height);
  put(TAG.BitsPerSample, SHORT, BITS_AT, 3);
  put(TAG.Compression, SHORT, COMPRESSION.Webp);
  put(TAG.PhotometricInterpretation, SHORT, PHOTOMETRIC.Rgb);
  put(TAG.StripOffsets, LONG, STREAM_AT);
  put(TAG.SamplesPerPixel, SHORT, 3);
  put(TAG.RowsPerStrip, LONG, height);
  put(TAG.StripByteCounts, LONG, stream.length);
  for (let sample = 0; sample < 3; sample++) view.setUint16(BITS_AT + sample * 2, 8, true);
  file.set(stream, STREAM_AT);
  return file;
}
