import { CodecError } from '../../utils/errors.ts';
import { dropExtraSamples, invertSamples, layOverWhite, undoHorizontalPredictor } from '../kernels/samples.ts';
import type { Raster } from '../raster.ts';
import { PHOTOMETRIC } from '../tiff/tags.ts';
import type { TileParameters } from './tile-codec.ts';

/**
 * Why raw samples of this layout can't be shown as RGB; undefined where they can: 8-bit grey (white or black is zero)
 * or RGB, with or without extra samples.
 */
export function getUnsupportedLayout(parameters: TileParameters): string | undefined {
  const { bitsPerSample, photometric, samples, predictor } = parameters;
  if (bitsPerSample !== 8) return bitsPerSample === 0 ? 'mixed sample depths' : `${bitsPerSample} bits a sample`;
  if (predictor !== 1 && predictor !== 2) return `predictor ${predictor}`;
  const grey = photometric === PHOTOMETRIC.WhiteIsZero || photometric === PHOTOMETRIC.BlackIsZero;
  if (grey && samples >= 1 && samples <= 2) return undefined;
  if (photometric === PHOTOMETRIC.Rgb && samples >= 3 && samples <= 4) return undefined;
  return `photometric interpretation ${photometric} with ${samples} samples a pixel`;
}

/** Bytes that the raw samples of a tile take. */
export function getRawBytes({ width, height, samples }: TileParameters): number {
  return width * height * samples;
}

/**
 * Turns raw interleaved 8-bit samples into grey or RGB: undoes the horizontal predictor (TIFF 6.0 section 14), inverts
 * WhiteIsZero and lays alpha over white. May work in place: `raw` belongs to the result afterwards.
 */
export function convertSamples(codec: string, raw: Uint8Array, parameters: TileParameters): Raster {
  const { width, height, samples, photometric, predictor, extraSample } = parameters;
  const expected = getRawBytes(parameters);
  if (raw.length < expected) throw new CodecError(codec, `${raw.length} bytes decoded, ${expected} expected`);
  if (predictor === 2) undoHorizontalPredictor(raw, height, { pitch: width * samples, samples });
  if (photometric === PHOTOMETRIC.WhiteIsZero) invertSamples(raw, expected, samples);
  const channels = samples >= 3 ? 3 : 1;
  if (samples === channels) return { width, height, channels, data: raw.subarray(0, expected) };
  const data = new Uint8Array(width * height * channels);
  if (extraSample === ALPHA.Premultiplied || extraSample === ALPHA.Straight)
    layOverWhite(raw, data, { channels, premultiplied: extraSample === ALPHA.Premultiplied });
  else dropExtraSamples(raw, data, { channels, samples });
  return { width, height, channels, data };
}

/** Values of ExtraSamples (tag 338) that mean alpha. */
const ALPHA = { Premultiplied: 1, Straight: 2 } as const;
