import type { TissueMask } from './tissue-mask.ts';

/** The mask as an 8-bit grey PNG, one pixel a mask pixel: 255 is tissue, 0 is not. The same mask gives the same bytes. */
export async function encodeTissuePng(mask: TissueMask): Promise<Uint8Array> {
  const grey = mask.data.map((value) => value * 255);
  const raw = { width: mask.width, height: mask.height, channels: 1 as const };
  const { sharp } = await import('../../io/codec/sharp.ts');
  return sharp(grey, { raw }).toColourspace('b-w').png({ compressionLevel: 9 }).toBuffer();
}
