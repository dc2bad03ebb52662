/**
 * Decoded pixels, 8 bits a sample, channels interleaved, rows from the top without padding.
 * `data.length === width * height * channels`. The receiver owns the bytes.
 */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 1 (grey) or 3 (RGB). */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** The colour of what lies outside a slide: white, as on glass. */
export const BACKGROUND = 255;

/** A raster filled with background. */
export function createRaster(width: number, height: number, channels: 1 | 3 = 3): Raster {
  return { width, height, channels, data: new Uint8Array(width * height * channels).fill(BACKGROUND) };
}
