import { TAG } from '../../io/tiff/tags.ts';
import type { TiffField } from '../../io/tiff/writer/tiff-field.ts';

/** How the tiles of a level are stored, by the tags that say it. */
export interface Encoding {
  /** Tag 259. */
  readonly compression: number;
  /** Tag 262. */
  readonly photometric: number;
  readonly samples: number;
  readonly bitsPerSample: number;
  /** Tag 339: 1 unsigned, 2 signed, 3 floating point; unsigned where it is left out. */
  readonly sampleFormat?: 1 | 2 | 3;
  /** Tag 317. */
  readonly predictor: number;
  /** Tag 338, where there are more samples than the photometric interpretation has. */
  readonly extraSample: number;
  /** Tag 347. */
  readonly jpegTables: Uint8Array | undefined;
  /** Of chroma: luma samples for each of its own, where the photometric interpretation is YCbCr. */
  readonly subsampling: readonly [across: number, down: number] | undefined;
}

const REFERENCE_BLACK_WHITE = 532;
/** Y from 0 to 255, Cb and Cr around 128: what JPEG means. */
const FULL_RANGE = [0, 255, 128, 255, 128, 255].flatMap((value) => [value, 1]);
const UNSPECIFIED = 0;

export function getEncodingFields(encoding: Encoding): TiffField[] {
  const { compression, photometric, samples, bitsPerSample, predictor, extraSample } = encoding;
  const short = (tag: number, ...value: number[]): TiffField => ({ tag, type: 'short', value });
  const fields = [
    short(TAG.BitsPerSample, ...new Array<number>(samples).fill(bitsPerSample)),
    short(TAG.Compression, compression),
    short(TAG.PhotometricInterpretation, photometric),
    short(TAG.SamplesPerPixel, samples),
    short(TAG.PlanarConfiguration, 1),
  ];
  const extra = samples - (samples >= 3 ? 3 : 1);
  if (extra > 0) fields.push(short(TAG.ExtraSamples, extraSample, ...new Array<number>(extra - 1).fill(UNSPECIFIED)));
  const { sampleFormat = 1 } = encoding;
  if (sampleFormat !== 1) fields.push(short(TAG.SampleFormat, ...new Array<number>(samples).fill(sampleFormat)));
  if (predictor !== 1) fields.push(short(TAG.Predictor, predictor));
  if (encoding.jpegTables) fields.push({ tag: TAG.JPEGTables, type: 'undefined', value: encoding.jpegTables });
  if (encoding.subsampling) {
    fields.push(short(TAG.YCbCrSubSampling, ...encoding.subsampling));
    fields.push({ tag: REFERENCE_BLACK_WHITE, type: 'rational', value: FULL_RANGE });
  }
  return fields;
}
