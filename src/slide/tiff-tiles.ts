import type { TileParameters } from '../io/codec/tile-codec.ts';
import type { TiffImage } from '../io/tiff/tiff-image.ts';
import { ShortReadError, TiffError } from '../utils/errors.ts';
import type { SlideSettings } from './settings.ts';

/** One plane per sample, and more than one of them. */
export function isPlanar({ planar, samplesPerPixel }: TiffImage): boolean {
  return planar === 2 && samplesPerPixel > 1;
}

/** The stored bytes of a tile, or of one plane of it; undefined where a sparse file has none. */
export async function readStoredPlane(
  image: TiffImage,
  settings: SlideSettings,
  { col, row, plane }: { col: number; row: number; plane: number },
): Promise<Uint8Array | undefined> {
  const { source } = image.directory.file;
  const { offsets, counts } = await image.readTileIndex();
  const index = (plane * image.rows + row) * image.columns + col;
  const offset = offsets[index] ?? 0;
  const count = counts[index] ?? 0;
  if (offset === 0 || count === 0) return undefined;
  // An absurd count is refused before anything is allocated for it.
  if (offset + count > source.size) throw new ShortReadError(source.name, { offset, length: count, size: source.size });
  if (count > settings.maxTileBytes)
    throw new TiffError(source.name, `a stored tile of ${count} bytes, more than ${settings.maxTileBytes}`);
  return source.read(offset, count);
}

/** What a decoder must know of a tile of that row. */
export function getTileParameters(image: TiffImage, row: number): TileParameters {
  const lastStrip = !image.tiled && row === image.rows - 1;
  return {
    width: image.tileWidth,
    height: lastStrip ? image.height - row * image.tileHeight : image.tileHeight,
    fullHeight: image.tileHeight,
    samples: image.samplesPerPixel,
    bitsPerSample: image.bitsPerSample,
    ...(image.sampleFormat !== 1 && { sampleFormat: image.sampleFormat }),
    littleEndian: image.directory.file.littleEndian,
    photometric: image.photometric,
    predictor: image.predictor,
    extraSample: image.extraSample,
    jpegTables: image.jpegTables,
  };
}
