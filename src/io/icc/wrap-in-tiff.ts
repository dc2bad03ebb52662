import { PHOTOMETRIC, TAG } from '../tiff/tags.ts';

const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;

/** RGB pixels as a TIFF in memory, one uncompressed strip, with a colour profile embedded: what sharp takes a profile in. */
export function wrapInTiff(
  pixels: Uint8Array,
  { width, height }: { width: number; height: number },
  profile: Uint8Array,
): Buffer {
  const entries = 10;
  const bitsAt = 8 + 2 + entries * 12 + 4;
  const profileAt = bitsAt + 6;
  // Strips begin on a word.
  const pixelsAt = profileAt + profile.length + (profile.length % 2);
  const file = Buffer.alloc(pixelsAt + pixels.length);
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(entries, 8);
  let at = 10;
  const put = (tag: number, type: number, value: number, count = 1) => {
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(type, at + 2);
    file.writeUInt32LE(count, at + 4);
    // A lone short lies in the first two bytes of the field, which is what a little-endian long of its value has.
    file.writeUInt32LE(value, at + 8);
    at += 12;
  };
  put(TAG.ImageWidth, LONG, width);
  put(TAG.ImageLength, LONG, height);
  put(TAG.BitsPerSample, SHORT, bitsAt, 3);
  put(TAG.Compression, SHORT, 1);
  put(TAG.PhotometricInterpretation, SHORT, PHOTOMETRIC.Rgb);
  put(TAG.StripOffsets, LONG, pixelsAt);
  put(TAG.SamplesPerPixel, SHORT, 3);
  put(TAG.RowsPerStrip, LONG, height);
  put(TAG.StripByteCounts, LONG, pixels.length);
  put(TAG.IccProfile, UNDEFINED, profileAt, profile.length);
  for (let sample = 0; sample < 3; sample++) file.writeUInt16LE(8, bitsAt + sample * 2);
  file.set(profile, profileAt);
  file.set(pixels, pixelsAt);
  return file;
}
