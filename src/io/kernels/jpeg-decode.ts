import type { Raster } from '../raster.ts';
import { computeJpegGeometry, type JpegGeometry, type JpegScale } from './jpeg-decode/geometry.ts';
import type { JpegHeader } from './jpeg-decode/header.ts';
import { checkOutput, type JpegCrop } from './jpeg-decode/output.ts';
import { decodeWithTwin } from './jpeg-decode/twin.ts';
import { createWasmJpegDecode } from './jpeg-decode/wasm-decoder.ts';
import type { Kernels } from './wasm-kernels.ts';

export type { JpegScale } from './jpeg-decode/geometry.ts';
export {
  type JpegHeader,
  type JpegHeaderContext,
  parseJpegHeader,
  parseJpegTables,
} from './jpeg-decode/header.ts';
export type { JpegCrop } from './jpeg-decode/output.ts';
export type { JpegTables } from './jpeg-decode/tables.ts';

/**
 * Baseline JPEG (8 bits, Huffman; grey, RGB 4:4:4, YCbCr 4:4:4, 4:2:2, 4:2:0) with the very pixels of libjpeg-turbo's
 * defaults: accurate integer DCT and triangle-filter ("fancy") upsampling, also at 1/2, 1/4 and 1/8.
 *
 * `CodecError` is thrown for whatever libjpeg would paint grey with a warning: data that end early, invalid codes, runs that
 * leave their block, restart markers missing or out of order, data left over before a marker. Two things pass, as the image
 * is complete without them: a missing end marker, and padding of 00 or FF bytes before it. After a throw the output may be
 * written in part.
 */
export interface JpegDecoder {
  readonly kind: 'wasm' | 'twin';
  /** Output width, height and channels at `scale`. */
  getSize(header: JpegHeader, scale?: JpegScale): { width: number; height: number; channels: 1 | 3 };
  /** Decodes into a new raster, the whole image or `crop` of it. */
  decode(jpeg: Uint8Array, header: JpegHeader, options?: JpegDecodeOptions): Raster;
  /**
   * Decodes to `target.data[0]` onwards. Where `data` is a view of the kernels' memory the rows are written in place, and
   * where `jpeg` is one it is not copied; views of that memory may be stale after the call (see `Kernels.bytes`).
   * @throws RangeError where `data` is too small (or stale), or the crop leaves the image
   */
  decodeInto(jpeg: Uint8Array, header: JpegHeader, target: JpegTarget): void;
}

export interface JpegDecodeOptions {
  /** 2, 4 or 8: a reduced decode from the low frequencies, as libjpeg scales. 1 by default. */
  readonly scale?: JpegScale;
  /** Part of the scaled image, in its pixels. Entropy-coded data are read and checked to the end all the same. */
  readonly crop?: JpegCrop;
}

export interface JpegTarget extends JpegDecodeOptions {
  readonly data: Uint8Array;
  /** Bytes from one row to the next. */
  readonly pitch: number;
  /**
   * Half the size: each pixel is the mean of 2 x 2 decoded ones, halves rounded up. Of a whole colour image of even width and
   * height, at scale 1.
   */
  readonly mean?: boolean;
}

/** @throws RangeError for what has no means */
function halveSize(
  { width, height, channels }: JpegGeometry,
  { scale, crop }: { scale: JpegScale; crop: JpegCrop | undefined },
): Pick<JpegGeometry, 'width' | 'height' | 'channels'> {
  if (scale !== 1 || crop || channels !== 3 || width % 2 !== 0 || height % 2 !== 0) {
    const received = `${channels} channels of ${width} x ${height}${crop ? ', cropped' : ''} at scale ${scale}`;
    throw new RangeError(`expected a whole colour image of even size for \`mean\` but received ${received}`);
  }
  return { width: width / 2, height: height / 2, channels };
}

/** A decoder on one instance of the kernels (in one thread); the plain twin without. Keeps tables built between calls. */
export function createJpegDecoder(kernels?: Kernels): JpegDecoder {
  const run = kernels ? createWasmJpegDecode(kernels) : decodeWithTwin;
  let known: { header: JpegHeader; scale: JpegScale; geometry: JpegGeometry } | undefined;
  /** Tiles of a level share their header. */
  const getGeometry = (header: JpegHeader, scale: JpegScale): JpegGeometry => {
    if (known?.header !== header || known.scale !== scale) {
      known = { header, scale, geometry: computeJpegGeometry(header, scale) };
    }
    return known.geometry;
  };
  const getSize: JpegDecoder['getSize'] = (header, scale = 1) => {
    const { width, height, channels } = getGeometry(header, scale);
    return { width, height, channels };
  };
  const decodeInto: JpegDecoder['decodeInto'] = (jpeg, header, { data, pitch, scale = 1, mean = false, crop }) => {
    const { unsupported } = header;
    if (unsupported !== undefined) throw new TypeError(`expected a baseline JPEG but received ${unsupported}`);
    const whole = getGeometry(header, scale);
    const size = mean ? halveSize(whole, { scale, crop }) : whole;
    const output = { data, pitch, scale, mean, crop: crop ?? { x: 0, y: 0, width: size.width, height: size.height } };
    checkOutput(output, size);
    run(jpeg, header, output);
  };
  return {
    kind: kernels ? 'wasm' : 'twin',
    getSize,
    decode(jpeg, header, options = {}) {
      const size = getSize(header, options.scale);
      const { width, height } = options.crop ?? size;
      const data = new Uint8Array(width * height * size.channels);
      decodeInto(jpeg, header, { ...options, data, pitch: width * size.channels });
      return { width, height, channels: size.channels, data };
    },
    decodeInto,
  };
}
