import { COMPRESSION } from '../../io/tiff/tags.ts';

const NAMES: Readonly<Record<number, string>> = {
  [COMPRESSION.None]: 'none',
  [COMPRESSION.Lzw]: 'lzw',
  [COMPRESSION.Jpeg]: 'jpeg',
  [COMPRESSION.AdobeDeflate]: 'deflate',
  [COMPRESSION.Deflate]: 'deflate',
  [COMPRESSION.PackBits]: 'packbits',
  [COMPRESSION.Jpeg2000Ycbcr]: 'jpeg2000',
  [COMPRESSION.Jpeg2000Lossy]: 'jpeg2000',
  [COMPRESSION.Jpeg2000Rgb]: 'jpeg2000',
  [COMPRESSION.Jpeg2000]: 'jpeg2000',
  [COMPRESSION.Zstd]: 'zstd',
  [COMPRESSION.Webp]: 'webp',
};

export function describeTiffCompression(compression: number): string {
  return NAMES[compression] ?? `compression ${compression}`;
}
