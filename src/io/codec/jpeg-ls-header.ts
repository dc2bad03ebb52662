import { CodecError } from '../../utils/errors.ts';

/** What a JPEG-LS stream says of itself (ITU-T T.87, annex C). */
export interface JpegLsHeader {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  /** Of a sample. */
  readonly bits: number;
}

const MARKER = { Restart: 0xd0, Start: 0xd8, End: 0xd9, Scan: 0xda, Frame: 0xf7 } as const;

/**
 * Walks all markers of a stream, its scans included: there is one frame, its components are all scanned, and an end marker
 * closes the last scan. A decoder looks for these past the end of the bytes, some of them for ever.
 * @throws CodecError
 */
export function readJpegLsHeader(bytes: Uint8Array): JpegLsHeader {
  if (bytes[0] !== 0xff || bytes[1] !== MARKER.Start) fail('no start marker (FFD8)');
  let frame: JpegLsHeader | undefined;
  let scanned = 0;
  for (let at = 2; at + 2 <= bytes.length; ) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === undefined) fail(`no marker at byte ${at}`);
    if (marker === MARKER.End) {
      if (!frame || scanned < frame.samples) fail(`the stream ends after ${scanned} of its components`);
      return frame;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) fail(`the segment at byte ${at} leaves the stream`);
    const body = bytes.subarray(at + 4, end);
    if (marker === MARKER.Frame) {
      if (frame) fail('a second frame header');
      frame = readFrame(body);
    }
    at = marker === MARKER.Scan ? findMarker(bytes, end) : end;
    if (marker === MARKER.Scan) scanned += body[0] ?? 0;
  }
  return fail('the stream ends without an end marker');
}

/** In a scan a byte after FF has its highest bit clear (T.87, A.1): anything else is a marker, of which restarts are inside. */
function findMarker(bytes: Uint8Array, from: number): number {
  let at = from;
  for (; at + 1 < bytes.length; at++) {
    const next = bytes[at + 1] ?? 0;
    if (bytes[at] === 0xff && next >= 128 && (next & 0xf8) !== MARKER.Restart) break;
  }
  return at;
}

function readFrame(body: Uint8Array): JpegLsHeader {
  const [bits = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, samples = 0] = body;
  if (body.length < 6 + 3 * samples || samples === 0) fail('a frame header that is too short');
  return { bits, height: (h1 << 8) | h0, width: (w1 << 8) | w0, samples };
}

function fail(problem: string): never {
  throw new CodecError('jpeg-ls', problem);
}
