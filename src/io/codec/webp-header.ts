import { CodecError } from '../../utils/errors.ts';

/** What the headers of a WebP file say. */
export interface WebpHeader {
  readonly width: number;
  readonly height: number;
  /** The picture is all that the stream holds, and has no alpha. */
  readonly plain: boolean;
}

type PictureHeader = Omit<WebpHeader, 'plain'> & { readonly alpha: boolean };

/**
 * Reads the RIFF and the first frame header of a still WebP (RFC 9649), and holds all lengths against the bytes.
 * @throws CodecError for what is cut off, moves, or is no WebP
 */
export function readWebpHeader(bytes: Uint8Array): WebpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 20 || readName(bytes, 0) !== 'RIFF' || readName(bytes, 8) !== 'WEBP') fail('no WebP stream');
  const end = 8 + view.getUint32(4, true);
  if (end > bytes.length) fail(`the stream is cut off: ${bytes.length} of ${end} bytes`);
  for (let at = 12; at + 8 <= end; ) {
    const name = readName(bytes, at);
    const length = view.getUint32(at + 4, true);
    if (at + 8 + length > end) fail(`the part at byte ${at} leaves the stream`);
    const body = bytes.subarray(at + 8, at + 8 + length);
    const picture = name === 'VP8 ' ? readLossy(body) : name === 'VP8L' ? readLossless(body) : undefined;
    // Parts are padded to an even length.
    const next = at + 8 + length + (length % 2);
    if (picture) {
      const { width, height, alpha } = picture;
      return { width, height, plain: at === 12 && next === end && !alpha };
    }
    if (name === 'ANIM' || name === 'ANMF') fail('a moving picture');
    at = next;
  }
  return fail('no picture');
}

/** A key frame (RFC 6386, section 9.1): a tag of 3 bytes, a start code, 14 bits each of width and height. */
function readLossy(body: Uint8Array): PictureHeader {
  const [tag = 1, , , a, b, c, w0 = 0, w1 = 0, h0 = 0, h1 = 0] = body;
  if (body.length < 10 || (tag & 1) !== 0 || a !== 0x9d || b !== 0x01 || c !== 0x2a) fail('no key frame');
  return { width: ((w1 & 63) << 8) | w0, height: ((h1 & 63) << 8) | h0, alpha: false };
}

/** A signature byte, then 14 bits each of width - 1 and height - 1, then one that says there is alpha (RFC 9649, section 3.4). */
function readLossless(body: Uint8Array): PictureHeader {
  const [signature, b0 = 0, b1 = 0, b2 = 0, b3 = 0] = body;
  if (body.length < 5 || signature !== 0x2f) fail('no lossless picture');
  const height = 1 + (((b3 & 15) << 10) | (b2 << 2) | (b1 >> 6));
  return { width: 1 + (((b1 & 63) << 8) | b0), height, alpha: (b3 & 16) !== 0 };
}

function readName(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.subarray(at, at + 4)).toString('latin1');
}

function fail(problem: string): never {
  throw new CodecError('webp', problem);
}
