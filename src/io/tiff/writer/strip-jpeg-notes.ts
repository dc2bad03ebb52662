import { CodecError } from '../../../utils/errors.ts';

const EOI = 0xd9;
const SOS = 0xda;
const COMMENT = 0xfe;
/**
 * Application segments that say what the colours are, by marker: what they begin with, and their bytes. Behind these JFIF has
 * a thumbnail (ITU-T T.871, 10.1), whose sides stand in the last two.
 */
const COLOUR_SEGMENTS: Readonly<Record<number, { readonly name: string; readonly bytes: number }>> = {
  224: { name: 'JFIF\0', bytes: 18 },
  238: { name: 'Adobe', bytes: 16 },
};

/**
 * A JPEG stream, or one of tables alone, without its comments and application segments (EXIF, XMP, profiles, thumbnails, what a
 * camera or scanner notes), save JFIF's and Adobe's, which decide colours, and without what lies behind its end marker. The
 * picture is untouched. A stream that has none comes back as it is.
 * @throws CodecError where the headers are damaged
 */
export function stripJpegNotes(jpeg: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [jpeg.subarray(0, 2)];
  let at = 2;
  let dropped = false;
  for (;;) {
    while (jpeg[at] === 0xff && jpeg[at + 1] === 0xff) at++;
    const marker = jpeg[at + 1] ?? 0;
    if (jpeg[at] === 0xff && marker === EOI) break;
    const end = at + 2 + (jpeg[at + 2] ?? 0) * 256 + (jpeg[at + 3] ?? 0);
    if (jpeg[at] !== 0xff || end > jpeg.length || end < at + 4)
      throw new CodecError('jpeg', `the header is damaged at byte ${at}`);
    // Comments may stand between scans, too.
    const next = marker === SOS ? findMarker(jpeg, end) : end;
    const segment = marker === SOS ? jpeg.subarray(at, next) : cutSegment(marker, jpeg.subarray(at, end));
    if (segment.length !== next - at) dropped = true;
    kept.push(segment);
    at = next;
    // Data without an end marker are for the decoder to judge.
    if (at === jpeg.length) break;
  }
  const rest = jpeg.subarray(at, at + 2);
  return dropped || at + rest.length < jpeg.length ? Buffer.concat([...kept, rest]) : jpeg;
}

/** What stays of a segment: all of it, what of it decides colours, or nothing. */
function cutSegment(marker: number, segment: Uint8Array): Uint8Array {
  const nothing = segment.subarray(0, 0);
  if (marker === COMMENT) return nothing;
  if (marker < 0xe0 || marker > 0xef) return segment;
  const colour = COLOUR_SEGMENTS[marker];
  const text = Buffer.from(segment.subarray(4)).toString('latin1');
  if (!colour || !text.startsWith(colour.name)) return nothing;
  if (segment.length <= colour.bytes) return segment;
  const cut = Uint8Array.from(segment.subarray(0, colour.bytes));
  cut.set([(colour.bytes - 2) >> 8, (colour.bytes - 2) & 255], 2);
  if (colour.name.startsWith('JFIF')) cut.set([0, 0], colour.bytes - 2);
  return cut;
}

/** The first marker in entropy-coded data, from `start` on, that is no restart; the length of the stream without one. */
function findMarker(jpeg: Uint8Array, start: number): number {
  for (let at = jpeg.indexOf(0xff, start); at >= 0 && at + 1 < jpeg.length; at = jpeg.indexOf(0xff, at + 1)) {
    const next = jpeg[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return jpeg.length;
}
