import { CodecError } from '../../../utils/errors.ts';

/** Markers of ITU-T T.800, A.3 to A.9; all but SOC, SOD and EOC are followed by their length. */
const SOC = 0xff4f;
const SOT = 0xff90;
const SOD = 0xff93;
const EOC = 0xffd9;
const COM = 0xff64;
/** Behind a COM marker: length and registration, 2 bytes each. Then what is noted. */
const COM_HEAD = 4;
/** In an SOT segment: where the length of the tile-part stands, which counts from the marker. */
const TILE_PART_LENGTH = 6;

/**
 * A JPEG 2000 codestream whose comments (COM: the encoder's name, and what else was noted) are zeros, without what lies behind
 * its end marker. No length changes, as other segments may tell positions. The picture is untouched; the bytes given are, too.
 * A stream in JP2 boxes comes back as it is.
 * @throws CodecError where the headers are damaged
 */
export function blankJpeg2000Notes(stream: Uint8Array): Uint8Array {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (stream.length < 4 || view.getUint16(0) !== SOC) return stream;
  const out = Uint8Array.from(stream);
  let part = 0;
  for (let at = 2; at + 2 <= stream.length; ) {
    const marker = view.getUint16(at);
    if (marker === EOC) return out.subarray(0, at + 2);
    if (marker === SOD) {
      const length = view.getUint32(part + TILE_PART_LENGTH);
      // The last tile-part may leave its length to the end of the stream.
      if (part === 0 || length === 0) return out;
      if (part + length <= at) throw damaged(at);
      at = part + length;
      continue;
    }
    const end = at + 2 + (at + 4 <= stream.length ? view.getUint16(at + 2) : 0);
    if (marker < 0xff00 || end < at + 4 || end > stream.length || (marker === SOT && end < at + 12)) throw damaged(at);
    if (marker === SOT) part = at;
    if (marker === COM) out.fill(0, Math.min(end, at + 2 + COM_HEAD), end);
    at = end;
  }
  // Data that end early are for the decoder to judge.
  return out;
}

function damaged(at: number): CodecError {
  return new CodecError('jpeg2000', `the header is damaged at byte ${at}`);
}
