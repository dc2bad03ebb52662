import { CodecError } from '../../utils/errors.ts';
import { spreadBitRows } from '../kernels/spread-bits.ts';
import { unpackSamples } from '../kernels/unpack-samples.ts';
import type { SampleBlock, SampleType } from '../sample-raster.ts';
import { getRawBytes } from './samples-to-rgb.ts';
import type { TileParameters } from './tile-codec.ts';

/** By SampleFormat (tag 339: 1 unsigned, 2 signed, 3 floating) and bits. */
const TYPES: Readonly<Record<string, SampleType>> = {
  // Bits become bytes of 0 and 1.
  '1/1': 'uint8',
  '1/8': 'uint8',
  '1/16': 'uint16',
  '1/32': 'uint32',
  '2/8': 'int8',
  '2/16': 'int16',
  '2/32': 'int32',
  '3/16': 'float16',
  '3/32': 'float32',
  '3/64': 'float64',
};

/** Samples of a pixel: a bound on what a tile is unpacked to beside its bytes. */
export const MAX_SAMPLES = 64;

/** Undefined for samples that are not read. */
export function getSampleType({
  bitsPerSample,
  sampleFormat = 1,
}: Pick<TileParameters, 'bitsPerSample' | 'sampleFormat'>): SampleType | undefined {
  // 4 is "undefined data", which libtiff takes for unsigned.
  return TYPES[`${sampleFormat === 4 ? 1 : sampleFormat}/${bitsPerSample}`];
}

/** Why raw samples of this layout can't be read as numbers; undefined where they can. */
export function getUnsupportedSamples(parameters: TileParameters): string | undefined {
  const { bitsPerSample, sampleFormat = 1, predictor, samples } = parameters;
  const type = getSampleType(parameters);
  if (bitsPerSample === 0) return 'mixed sample depths';
  if (!type) return `${bitsPerSample} bits a sample in sample format ${sampleFormat}`;
  if (samples > MAX_SAMPLES) return `${samples} samples a pixel, more than ${MAX_SAMPLES}`;
  if (bitsPerSample === 1 && (samples !== 1 || predictor !== 1))
    return `1 bit a sample with ${samples} samples a pixel and predictor ${predictor}`;
  const floating = type.startsWith('float');
  if (predictor === 1 || (predictor === 2 && bitsPerSample <= 32) || (predictor === 3 && floating)) return undefined;
  return `predictor ${predictor} with ${type} samples`;
}

/** The numbers that raw samples are, interleaved as they are stored, of layouts that are not unsupported. @throws CodecError */
export function convertToSamples(codec: string, raw: Uint8Array, parameters: TileParameters): SampleBlock {
  const { width, height, samples, predictor, littleEndian = true } = parameters;
  const type = getSampleType(parameters);
  if (!type) throw new CodecError(codec, `samples of ${parameters.bitsPerSample} bits`);
  const expected = getRawBytes(parameters);
  if (raw.length < expected) throw new CodecError(codec, `${raw.length} bytes decoded, ${expected} expected`);
  if (parameters.bitsPerSample === 1)
    return { width, height, samples, type, data: spreadBitRows(raw, { width, rows: height }) };
  const layout = { type, rows: height, pitch: width * samples, samples, littleEndian, predictor };
  return { width, height, samples, type, data: unpackSamples(raw.subarray(0, expected), layout) };
}
