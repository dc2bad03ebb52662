import { CodecError } from '../../utils/errors.ts';
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
  if (predictor === 2) undoHorizontalPredictor(raw, width * samples, { rows: height, samples });
  if (photometric === PHOTOMETRIC.WhiteIsZero) for (let i = 0; i < expected; i++) raw[i] = 255 - (raw[i] ?? 0);
  const channels = samples >= 3 ? 3 : 1;
  if (samples === channels) return { width, height, channels, data: raw.subarray(0, expected) };
  const alpha = extraSample === 1 || extraSample === 2 ? extraSample : 0;
  return { width, height, channels, data: dropExtraSample(raw, width * height, { channels, alpha }) };
}

function undoHorizontalPredictor(raw: Uint8Array, pitch: number, { rows, samples }: { rows: number; samples: number }) {
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * pitch;
    for (let i = row * pitch + samples; i < end; i++) raw[i] = (raw[i] ?? 0) + (raw[i - samples] ?? 0);
  }
}

/** `alpha`: 1 premultiplied, 2 straight, 0 the extra sample is no alpha. */
function dropExtraSample(
  raw: Uint8Array,
  pixels: number,
  { channels, alpha }: { channels: 1 | 3; alpha: number },
): Uint8Array {
  const out = new Uint8Array(pixels * channels);
  for (let i = 0, from = 0, to = 0; i < pixels; i++, from += channels + 1) {
    const a = alpha === 0 ? 255 : (raw[from + channels] ?? 255);
    for (let c = 0; c < channels; c++, to++) {
      const value = raw[from + c] ?? 0;
      const weighted = alpha === 1 ? value : Math.round((value * a) / 255);
      out[to] = Math.min(255, weighted + 255 - a);
    }
  }
  return out;
}
