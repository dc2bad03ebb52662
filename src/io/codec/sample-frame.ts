import { convertYcbcrToRgb } from '../kernels/ycbcr-to-rgb.ts';
import type { Raster } from '../raster.ts';
import { PHOTOMETRIC } from '../tiff/tags.ts';
import { convertSamples, getUnsupportedLayout } from './samples-to-rgb.ts';
import type { TileParameters } from './tile-codec.ts';

/** What a frame of raw samples must hold, as its container promises. */
export interface SampleFrame {
  readonly width: number;
  readonly height: number;
  /** Samples of a pixel. */
  readonly samples: number;
  /** Bytes of a sample; two are little endian. */
  readonly bytesPerSample: 1 | 2;
}

export function getFrameBytes({ width, height, samples, bytesPerSample }: SampleFrame): number {
  return width * height * samples * bytesPerSample;
}

/** The frame that a tile's parameters promise. */
export function getSampleFrame({ width, height, samples, bitsPerSample }: TileParameters): SampleFrame {
  return { width, height, samples, bytesPerSample: bitsPerSample > 8 ? 2 : 1 };
}

/** Why frames can't be shown: as for raw samples, but Y, Cb, Cr of 8 bits, never subsampled in these codecs, are converted. */
export function getUnsupportedFrame(parameters: TileParameters): string | undefined {
  const { bitsPerSample, samples, photometric } = parameters;
  const ycbcr = photometric === PHOTOMETRIC.YCbCr && samples === 3 && bitsPerSample === 8;
  return getUnsupportedLayout(ycbcr ? { ...parameters, photometric: PHOTOMETRIC.Rgb } : parameters);
}

/** Grey or RGB of decoded, interleaved samples, which belong to the result afterwards. */
export function convertFrame(codec: string, samples: Uint8Array, parameters: TileParameters): Raster {
  const ycbcr = parameters.photometric === PHOTOMETRIC.YCbCr;
  if (ycbcr) convertYcbcrToRgb(samples);
  const photometric = ycbcr ? PHOTOMETRIC.Rgb : parameters.photometric;
  return convertSamples(codec, samples, { ...parameters, photometric, littleEndian: true });
}
