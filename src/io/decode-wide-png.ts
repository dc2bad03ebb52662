import type { SampleRaster } from './sample-raster.ts';

/** The samples of a grey PNG of 16 bits, as `encodeWidePng` wrote them. */
export async function decodeWidePng(file: Uint8Array): Promise<SampleRaster> {
  const { sharp } = await import('./codec/sharp.ts');
  const image = sharp(file).toColourspace('grey16').raw({ depth: 'ushort' });
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  if (info.channels !== 1) throw new RangeError(`expected an image of 1 channel but received ${info.channels}`);
  // A copy, as words want an even address.
  return { width: info.width, height: info.height, type: 'uint16', data: new Uint16Array(new Uint8Array(data).buffer) };
}
