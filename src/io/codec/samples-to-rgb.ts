import { CodecError } from '../../utils/errors.ts';
import { narrowSamples } from '../kernels/narrow-samples.ts';
import { dropExtraSamples, invertSamples, layOverWhite, undoHorizontalPredictor } from '../kernels/samples.ts';
import type { Raster } from '../raster.ts';
import { PHOTOMETRIC } from '../tiff/tags.ts';
import type { TileParameters } from './tile-codec.ts';

/**
 * Why raw samples of this layout can't be shown as RGB; undefined where they can: grey (white or black is zero) or RGB of 8
 * or 16 bits, with or without extra samples.
 */
export function getUnsupportedLayout(parameters: TileParameters): string | undefined {
  const { bitsPerSample, photometric, samples, predictor, sampleFormat = 1 } = parameters;
  if (sampleFormat !== 1) return `sample format ${sampleFormat}`;
  if (bitsPerSample !== 8 && bitsPerSample !== 16)
    return bitsPerSample === 0 ? 'mixed sample depths' : `${bitsPerSample} bits a sample`;
  if (predictor !== 1 && predictor !== 2) return `predictor ${predictor}`;
  const grey = photometric === PHOTOMETRIC.WhiteIsZero || photometric === PHOTOMETRIC.BlackIsZero;
  if (grey && samples >= 1 && samples <= 2) return undefined;
  if (photometric === PHOTOMETRIC.Rgb && samples >= 3 && samples <= 4) return undefined;
  return `photometric interpretation ${photometric} with ${samples} samples a pixel`;
}

/** Bytes that the raw samples of a tile take. Rows of samples of one bit begin with a byte. */
export function getRawBytes({ width, height, samples, bitsPerSample }: TileParameters): number {
  if (bitsPerSample === 1) return Math.ceil((width * samples) / 8) * height;
  return width * height * samples * Math.max(1, Math.ceil(bitsPerSample / 8));
}

/**
 * Turns raw interleaved samples into grey or RGB of 8 bits: undoes the horizontal predictor (TIFF 6.0 section 14), takes 16
 * bits to the nearest of 256 levels, inverts WhiteIsZero and lays alpha over white. May work in place: `raw` belongs to the
 * result afterwards.
 */
export function convertSamples(codec: string, raw: Uint8Array, parameters: TileParameters): Raster {
  const { width, height, samples, photometric, extraSample } = parameters;
  const expected = getRawBytes(parameters);
  if (raw.length < expected) throw new CodecError(codec, `${raw.length} bytes decoded, ${expected} expected`);
  const count = width * height * samples;
  const plain = undoPredictor(raw.subarray(0, expected), parameters);
  if (photometric === PHOTOMETRIC.WhiteIsZero) invertSamples(plain, count, samples);
  const channels = samples >= 3 ? 3 : 1;
  if (samples === channels) return { width, height, channels, data: plain };
  const data = new Uint8Array(width * height * channels);
  if (extraSample === ALPHA.Premultiplied || extraSample === ALPHA.Straight)
    layOverWhite(plain, data, { channels, premultiplied: extraSample === ALPHA.Premultiplied });
  else dropExtraSamples(plain, data, { channels, samples });
  return { width, height, channels, data };
}

/** Samples of 8 bits as they were before they became differences. */
function undoPredictor(raw: Uint8Array, parameters: TileParameters): Uint8Array {
  const { width, height, samples, bitsPerSample, predictor, littleEndian = true } = parameters;
  const pitch = width * samples;
  if (bitsPerSample === 16) {
    const narrow = new Uint8Array(pitch * height);
    narrowSamples(raw, narrow, { rows: height, pitch, samples, littleEndian, differences: predictor === 2 });
    return narrow;
  }
  if (predictor === 2) undoHorizontalPredictor(raw, height, { pitch, samples });
  return raw;
}

/** Values of ExtraSamples (tag 338) that mean alpha. */
const ALPHA = { Premultiplied: 1, Straight: 2 } as const;
