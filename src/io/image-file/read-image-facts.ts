import type { ByteSource } from '../source/byte-source.ts';
import type { ImageFacts, ImageKind } from './image-facts.ts';
import { readJpegFacts } from './jpeg-facts.ts';
import { readPngFacts } from './png-facts.ts';
import { readWebpFacts } from './webp-facts.ts';

/** By the first bytes; undefined for whatever is no JPEG, PNG or WebP. */
export async function detectImageKind(source: ByteSource): Promise<ImageKind | undefined> {
  if (source.size < 16) return undefined;
  const head = Buffer.from(await source.read(0, 12)).toString('latin1');
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  return head.startsWith('RIFF') && head.endsWith('WEBP') ? 'webp' : undefined;
}

/** @throws CodecError where the headers are damaged, ShortReadError where the file ends in them */
export async function readImageFacts(source: ByteSource, kind: ImageKind): Promise<ImageFacts> {
  if (kind === 'jpeg') return readJpegFacts(source);
  return kind === 'png' ? readPngFacts(source) : readWebpFacts(source);
}
