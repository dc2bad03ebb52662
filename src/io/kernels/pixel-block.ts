import { OptionError } from '../../utils/errors.ts';
import { checkInteger } from '../../utils/options.ts';

/**
 * A rectangle of pixels, of 8 bits a sample, inside a larger picture, such as a patch inside a band: nothing is copied to make one.
 * A kernel works on it where it lies, so for a WebAssembly kernel `pixels` is a view of that kernel's memory.
 */
export interface PixelBlock {
  /** From the first pixel of the rectangle on: at least (height - 1) x pitch + width x channels bytes. */
  readonly pixels: Uint8Array;
  /** Bytes from a row to the next, at least width x channels. */
  readonly pitch: number;
  readonly width: number;
  readonly height: number;
  /** 1 (grey) or 3 (RGB). */
  readonly channels: 1 | 3;
  /** Of a sample, where that is not 8 bits: two bytes in this machine's order. For the encoders that say so. */
  readonly depth?: 16;
}

/** The most that a JPEG can say. */
const MAX_SIDE = 65_535;

/** @throws OptionError where the rectangle is empty, has other channels, or reaches beyond its bytes */
export function checkBlock({ pixels, pitch, width, height, channels }: PixelBlock): void {
  const max = MAX_SIDE;
  checkInteger('width', width, { min: 1, max });
  checkInteger('height', height, { min: 1, max });
  if (channels !== 1 && channels !== 3) throw new OptionError('channels', '1 or 3', channels);
  checkInteger('pitch', pitch, { min: width * channels });
  checkInteger('pixels.length', pixels.length, { min: (height - 1) * pitch + width * channels });
}
