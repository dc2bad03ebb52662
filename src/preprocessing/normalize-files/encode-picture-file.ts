import { UnsupportedFormatError } from '../../utils/errors.ts';
import { isOpaque } from './kernels/is-opaque.ts';
import type { PictureFormat } from './options.ts';

const MM_PER_INCH = 25.4;

export interface PixelsToEncode {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly data: Uint8Array;
  /** Pixels per inch. */
  readonly density?: number | undefined;
}

/**
 * PNG and TIFF (deflate) without loss; JPEG with colours at full resolution. Without colour profile: colours are those of
 * the target.
 * @param name for messages
 * @throws UnsupportedFormatError where JPEG would lose alpha
 */
export async function encodePictureFile(
  name: string,
  { width, height, channels, data, density }: PixelsToEncode,
  { format, quality }: { format: PictureFormat; quality: number },
): Promise<Uint8Array> {
  if (format === 'jpeg' && channels === 4 && !isOpaque(data))
    throw new UnsupportedFormatError(name, 'JPEG has no alpha, and this picture has', { hint: 'choose --format png' });
  const { sharp } = await import('../../io/codec/sharp.ts');
  const image = sharp(data, { raw: { width, height, channels } });
  if (format === 'jpeg') return image.removeAlpha().jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();
  if (format === 'png') return image.png({ compressionLevel: 6 }).toBuffer();
  const resolution = density === undefined ? {} : { xres: density / MM_PER_INCH, yres: density / MM_PER_INCH };
  return image.tiff({ compression: 'deflate', predictor: 'horizontal', ...resolution }).toBuffer();
}
