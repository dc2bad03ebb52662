import { COMPRESSION } from '../tiff/tags.ts';
import type { TileCodec } from './tile-codec.ts';

/** TIFF compression numbers (tag 259) that can be decoded; each codec loads at its first use. */
const loaders: Readonly<Record<number, () => Promise<TileCodec>>> = {
  [COMPRESSION.None]: async () => (await import('./uncompressed.ts')).uncompressedCodec,
  [COMPRESSION.Lzw]: async () => (await import('./lzw.ts')).lzwCodec,
  [COMPRESSION.Jpeg]: async () => (await import('./jpeg.ts')).jpegCodec,
  [COMPRESSION.AdobeDeflate]: async () => (await import('./deflate.ts')).deflateCodec,
  [COMPRESSION.Deflate]: async () => (await import('./deflate.ts')).deflateCodec,
  [COMPRESSION.PackBits]: async () => (await import('./packbits.ts')).packbitsCodec,
  [COMPRESSION.Jpeg2000Ycbcr]: loadJpeg2000,
  [COMPRESSION.Jpeg2000Lossy]: loadJpeg2000,
  [COMPRESSION.Jpeg2000Rgb]: loadJpeg2000,
  [COMPRESSION.Jpeg2000]: loadJpeg2000,
  [COMPRESSION.Zstd]: async () => (await import('./zstd.ts')).zstdCodec,
  [COMPRESSION.Webp]: async () => (await import('./webp.ts')).webpCodec,
};

async function loadJpeg2000(): Promise<TileCodec> {
  return (await import('./jpeg2000.ts')).jpeg2000Codec;
}

/** Names of compressions that files in the field use and that are not decoded, for messages. */
const knownNames: Readonly<Record<number, string>> = {
  2: 'CCITT group 3 (1-D)',
  3: 'CCITT group 3',
  4: 'CCITT group 4',
  6: 'old-style JPEG',
  34887: 'LERC',
  34892: 'lossy JPEG (DNG)',
  34925: 'LZMA',
  50002: 'JPEG XL',
};

/** Asked for again with each tile, where one is decoded by itself: looking a module up takes some 30 microseconds. */
const loading = new Map<number, Promise<TileCodec>>();

/** The codec for a TIFF compression number; undefined where there is none. */
export async function loadTiffCodec(compression: number): Promise<TileCodec | undefined> {
  const codec = loading.get(compression) ?? loaders[compression]?.();
  if (codec) loading.set(compression, codec);
  return codec;
}

/** A compression number in words. */
export function describeCompression(compression: number): string {
  const name = knownNames[compression];
  return name ? `${name} (compression ${compression})` : `compression ${compression}`;
}

/** Names of the codecs that are built in, for `doctor`. */
export async function listCodecs(): Promise<string[]> {
  const codecs = await Promise.all(Object.values(loaders).map((load) => load()));
  return [...new Set(codecs.map((codec) => codec.name))];
}
