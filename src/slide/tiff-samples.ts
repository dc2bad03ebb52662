import { loadTiffCodec } from '../io/codec/codecs.ts';
import { getSampleType } from '../io/codec/convert-to-samples.ts';
import { getPlaneParameters } from '../io/codec/planes.ts';
import type { SampleCodec, TileCodec, TileParameters } from '../io/codec/tile-codec.ts';
import { getSampleBytes } from '../io/kernels/unpack-samples.ts';
import type { SampleBlock, SampleRaster, SampleType } from '../io/sample-raster.ts';
import { COMPRESSION, PHOTOMETRIC } from '../io/tiff/tags.ts';
import type { TiffImage } from '../io/tiff/tiff-image.ts';
import { pickBlock } from './samples/pick-block.ts';
import type { SlideSettings } from './settings.ts';
import { getTileParameters, isPlanar, readStoredPlane } from './tiff-tiles.ts';

/** Reads the samples of a TIFF image, one of a pixel's at a time. */
export interface TiffSamples {
  readonly type: SampleType;
  readonly codec: string;
  /** Undefined where a sparse file stores no such tile. @throws CodecError, ShortReadError, TiffError */
  readSamples(sample: number, col: number, row: number): Promise<SampleRaster | undefined>;
  /** All samples of a tile at once; absent where each lies in a plane of its own. */
  readBlock?(col: number, row: number): Promise<SampleBlock | undefined>;
}

/** @returns a text that says why where the samples can't be read but as pixels, or not at all. */
export async function createTiffSamples(image: TiffImage, settings: SlideSettings): Promise<TiffSamples | string> {
  const { planar, fillOrder, tileWidth, tileHeight, samplesPerPixel } = image;
  if (planar !== 1 && planar !== 2) return `planar configuration ${planar}`;
  if (fillOrder !== 1 && image.compression !== COMPRESSION.Jpeg) return `fill order ${fillOrder}`;
  const codec = await loadTiffCodec(image.compression);
  const planes = isPlanar(image);
  const toPlane = planes ? getPlaneParameters : undefined;
  const getParameters = (row: number) => {
    const whole = getTileParameters(image, row);
    return toPlane ? toPlane(whole) : whole;
  };
  const parameters = getParameters(0);
  const type = getSampleType(parameters);
  const reader =
    codec?.samples ?? (image.photometric === PHOTOMETRIC.WhiteIsZero ? codec && asSamples(codec) : undefined);
  if (!codec || !reader) return `samples in compression ${image.compression}`;
  const reason = reader.getUnsupportedReason(parameters);
  if (reason || !type) return reason ?? 'samples of an unknown type';
  const bytes = tileWidth * tileHeight * parameters.samples * getSampleBytes(type);
  if (bytes > settings.maxTileBytes)
    return `stored tiles of ${tileWidth} x ${tileHeight} pixels with ${samplesPerPixel} samples, more than ${settings.maxTileBytes} bytes each`;
  const readPlane = async (plane: number, col: number, row: number) => {
    const stored = await readStoredPlane(image, settings, { col, row, plane });
    return stored && reader.decode(stored, getParameters(row));
  };
  return {
    type,
    codec: codec.name,
    async readSamples(sample, col, row) {
      const block = await readPlane(planes ? sample : 0, col, row);
      return block && pickBlock(block, sample);
    },
    ...(!planes && { readBlock: (col, row) => readPlane(0, col, row) }),
  };
}

/** Codecs that give pixels alone turn them round where white is zero: read as if black were, they are what is stored. */
function asSamples(codec: TileCodec): SampleCodec {
  const turn = (parameters: TileParameters) => ({ ...parameters, photometric: PHOTOMETRIC.BlackIsZero });
  return {
    getUnsupportedReason: (parameters) => codec.getUnsupportedReason(turn(parameters)),
    async decode(bytes, parameters) {
      const { channels: samples, ...pixels } = await codec.decode(bytes, turn(parameters));
      return { ...pixels, samples, type: 'uint8' };
    },
  };
}
