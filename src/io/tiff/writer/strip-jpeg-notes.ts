import { CodecError } from '../../../utils/errors.ts';

const EOI = 0xd9;
const SOS = 0xda;
const COMMENT = 0xfe;
/** Application segments that say what the colours are, by marker: what they begin with. */
const COLOUR_SEGMENTS: Readonly<Record<number, string>> = { 224: 'JFIF\0', 238: 'Adobe' };

/**
 * A JPEG stream, or one of tables alone, without its comments and application segments (EXIF, XMP, profiles, what a camera or
 * scanner notes), save JFIF's and Adobe's, which decide colours. The picture is untouched. A stream that has none comes back
 * as it is.
 * @throws CodecError where the headers are damaged
 */
export function stripJpegNotes(jpeg: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [jpeg.subarray(0, 2)];
  let at = 2;
  let dropped = false;
  for (;;) {
    while (jpeg[at] === 0xff && jpeg[at + 1] === 0xff) at++;
    const marker = jpeg[at + 1] ?? 0;
    if (jpeg[at] === 0xff && (marker === SOS || marker === EOI)) break;
    const end = at + 2 + (jpeg[at + 2] ?? 0) * 256 + (jpeg[at + 3] ?? 0);
    if (jpeg[at] !== 0xff || end > jpeg.length || end < at + 4)
      throw new CodecError('jpeg', `the header is damaged at byte ${at}`);
    const segment = jpeg.subarray(at, end);
    if (isNote(marker, segment)) dropped = true;
    else kept.push(segment);
    at = end;
  }
  return dropped ? Buffer.concat([...kept, jpeg.subarray(at)]) : jpeg;
}

function isNote(marker: number, segment: Uint8Array): boolean {
  if (marker === COMMENT) return true;
  if (marker < 0xe0 || marker > 0xef) return false;
  const start = COLOUR_SEGMENTS[marker];
  return start === undefined || !Buffer.from(segment.subarray(4)).toString('latin1').startsWith(start);
}
