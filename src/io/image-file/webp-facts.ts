import { CodecError } from '../../utils/errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { PHOTOMETRIC } from '../tiff/tags.ts';
import { readExif } from './exif.ts';
import type { ImageFacts } from './image-facts.ts';

const MAX_CHUNKS = 64;
const MAX_METADATA = 4 * 2 ** 20;
/** Bit of the flags in VP8X. */
const ANIMATION = 2;

/** Headers of a WebP: the size from VP8X, VP8 or VP8L, colour profile and EXIF (RFC 9649). */
export async function readWebpFacts(source: ByteSource): Promise<ImageFacts> {
  const chunks = new Map<string, Uint8Array>();
  let at = 12;
  for (let count = 0; at + 8 <= source.size; count++) {
    if (count >= MAX_CHUNKS) throw new CodecError('webp', `more than ${MAX_CHUNKS} chunks`);
    const head = Buffer.from(await source.read(at, 8));
    const type = head.toString('latin1', 0, 4);
    const length = head.readUInt32LE(4);
    const limit = { VP8X: 10, 'VP8 ': 10, VP8L: 5, ICCP: MAX_METADATA, EXIF: MAX_METADATA }[type] ?? 0;
    const take = Math.min(limit, length, source.size - at - 8);
    if (take > 0 && !chunks.has(type)) chunks.set(type, await source.read(at + 8, take));
    // Only VP8X says that more follows.
    if (!chunks.has('VP8X') && (type === 'VP8 ' || type === 'VP8L')) break;
    at += 8 + length + (length % 2);
  }
  const profile = chunks.get('ICCP');
  return {
    kind: 'webp',
    ...readSize(chunks),
    ...{ channels: 3, bitDepth: 8, photometric: PHOTOMETRIC.Rgb },
    ...(await readExif(chunks.get('EXIF'))),
    iccProfile: profile && new Uint8Array(profile),
    unsupported: ((chunks.get('VP8X')?.[0] ?? 0) & ANIMATION) === 0 ? undefined : 'an animation',
  };
}

function readSize(chunks: ReadonlyMap<string, Uint8Array>): { width: number; height: number } {
  const extended = chunks.get('VP8X');
  if (extended && extended.length >= 10) {
    const bytes = Buffer.from(extended);
    return { width: bytes.readUIntLE(4, 3) + 1, height: bytes.readUIntLE(7, 3) + 1 };
  }
  const lossy = chunks.get('VP8 ');
  if (lossy && lossy.length >= 10) {
    const bytes = Buffer.from(lossy);
    return { width: bytes.readUInt16LE(6) & 0x3fff, height: bytes.readUInt16LE(8) & 0x3fff };
  }
  const lossless = chunks.get('VP8L');
  if (!lossless || lossless.length < 5) throw new CodecError('webp', 'no image');
  const bits = Buffer.from(lossless).readUInt32LE(1);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}
