import type { OverlayTile } from './open-overlay.ts';

/** A PNG of red, green, blue and alpha. */
export async function encodeOverlayTile({ width, height, data }: OverlayTile): Promise<Uint8Array> {
  const { sharp } = await import('../../io/codec/sharp.ts');
  const image = sharp(data, { raw: { width, height, channels: 4 } });
  return image.png({ compressionLevel: 2 }).toBuffer();
}
