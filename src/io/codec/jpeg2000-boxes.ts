import { CodecError } from '../../utils/errors.ts';
import { viewOf } from './jpeg2000-header.ts';

/** A codestream and what a JP2 file around it says of its colours. */
export interface Jpeg2000Stream {
  readonly codestream: Uint8Array;
  /** Enumerated colour space 18: Y, Cb, Cr. Undefined for a bare codestream and other colour spaces. */
  readonly ycbcr: boolean;
}

const BOX = { Signature: 'jP  ', Header: 'jp2h', Colour: 'colr', Palette: 'pclr', Channels: 'cdef', Stream: 'jp2c' };
const YCBCR = 18;

/**
 * The codestream of a stored tile: the bytes themselves, or the box `jp2c` of a JP2 file (ITU-T T.800, annex I). @throws
 * CodecError for boxes that leave the bytes, and for palettes and channels in another order, which are not undone.
 */
export function findCodestream(bytes: Uint8Array): Jpeg2000Stream {
  if (!isJp2(bytes)) return { codestream: bytes, ycbcr: false };
  let ycbcr = false;
  for (const { type, body } of listBoxes(bytes)) {
    if (type === BOX.Header) ycbcr = readHeaderBox(body).ycbcr;
    if (type === BOX.Stream) return { codestream: body, ycbcr };
  }
  return fail('a JP2 file without a codestream');
}

function isJp2(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(4, 8)).toString('latin1') === BOX.Signature;
}

function readHeaderBox(bytes: Uint8Array): { ycbcr: boolean } {
  let space: number | undefined;
  for (const { type, body } of listBoxes(bytes)) {
    if (type === BOX.Palette) fail('a palette');
    if (type === BOX.Channels && !hasPlainChannels(body)) fail('channels in another order, or alpha');
    // Method 1 is an enumerated colour space; the first box counts.
    if (type === BOX.Colour && body[0] === 1 && body.length >= 7) space ??= viewOf(body).getUint32(3);
  }
  return { ycbcr: space === YCBCR };
}

/** Channel n is colour n + 1, for all that are defined (T.800, I.5.3.6). */
function hasPlainChannels(body: Uint8Array): boolean {
  const view = viewOf(body);
  const count = body.length >= 2 ? view.getUint16(0) : 0;
  if (body.length < 2 + count * 6) return false;
  for (let i = 0, at = 2; i < count; i++, at += 6) {
    const [channel, kind, colour] = [view.getUint16(at), view.getUint16(at + 2), view.getUint16(at + 4)];
    if (kind !== 0 || (colour !== channel + 1 && colour !== 0)) return false;
  }
  return true;
}

interface Box {
  readonly type: string;
  readonly body: Uint8Array;
}

function* listBoxes(bytes: Uint8Array): Generator<Box> {
  const view = viewOf(bytes);
  for (let at = 0; at + 8 <= bytes.length; ) {
    const type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    let length = view.getUint32(at);
    let head = 8;
    if (length === 1 && at + 16 <= bytes.length) {
      length = view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12);
      head = 16;
    } else if (length === 0) length = bytes.length - at;
    if (length < head || at + length > bytes.length) fail(`a box of ${length} bytes at ${at}, of ${bytes.length}`);
    yield { type, body: bytes.subarray(at + head, at + length) };
    at += length;
  }
}

function fail(problem: string): never {
  throw new CodecError('jpeg2000', problem);
}
