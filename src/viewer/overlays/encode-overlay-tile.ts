import type { PictureFormat } from '../render/picture-job.ts';
import type { OverlayTile } from './open-overlay.ts';

/** A PNG of red, green, blue and alpha; a JPEG of them on white. */
export async function encodeOverlayTile(
  { width, height, data }: OverlayTile,
  { format, quality }: PictureFormat,
): Promise<Uint8Array> {
  const { sharp } = await import('../../io/codec/sharp.ts');
  const image = sharp(data, { raw: { width, height, channels: 4 } });
  if (format === 'png') return image.png({ compressionLevel: 2 }).toBuffer();
  return image.flatten({ background: '#ffffff' }).jpeg({ quality, optimiseCoding: false }).toBuffer();
}
