/** Pictures as callers hand them in, checked and brought to RGB. */
import { OptionError } from '../../utils/errors.ts';
import { dropAlpha } from './kernels/alpha.ts';
import type { RgbPixels } from './stain-method.ts';

/** 8 bits a sample, channels interleaved, rows from the top; 3 channels (RGB) or 4 (RGBA, alpha last). */
export interface StainImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/**
 * The picture's own bytes where it is RGB, a copy without alpha where it is RGBA.
 * @throws OptionError for 16 bits, floats, grey, no pixels, and bytes that don't fill the picture
 */
export function toRgbPixels(image: StainImage): RgbPixels {
  checkImage(image);
  const { width, height, channels, data } = image;
  if (channels === 3) return { width, height, data };
  const rgb = new Uint8Array(width * height * 3);
  dropAlpha(data, rgb);
  return { width, height, data: rgb };
}

function checkImage({ width, height, channels, data }: StainImage): void {
  const bytes: unknown = data;
  if (!(bytes instanceof Uint8Array))
    throw new OptionError(
      'image.data',
      'a Uint8Array of 8-bit samples',
      ArrayBuffer.isView(bytes) ? bytes.constructor.name : bytes,
      {
        hint: 'stains are told from 8-bit colours: bring 16-bit samples and floats to 0..255 first',
      },
    );
  const given: number = channels;
  if (given !== 3 && given !== 4)
    throw new OptionError('image.channels', '3 (RGB) or 4 (RGBA)', given, {
      hint:
        given === 1 ? 'grey has no stains; give the colours it was made of' : 'give red, green and blue, interleaved',
    });
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0))
    throw new OptionError('image', 'at least one pixel, with integer width and height', `${width} x ${height}`);
  if (data.length !== width * height * channels)
    throw new OptionError(
      'image.data',
      `${width * height * channels} bytes for ${width} x ${height} x ${channels}`,
      data.length,
    );
}
