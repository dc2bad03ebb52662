import { describeCompression, loadTiffCodec } from '../io/codec/codecs.ts';
import { getPlaneParameters, getUnsupportedPlanes, joinPlanes } from '../io/codec/planes.ts';
import type { TileCodec, TileParameters } from '../io/codec/tile-codec.ts';
import { createRaster, type Raster } from '../io/raster.ts';
import { COMPRESSION } from '../io/tiff/tags.ts';
import type { TiffImage } from '../io/tiff/tiff-image.ts';
import { TiffError, UnsupportedFormatError } from '../utils/errors.ts';
import { blitRaster } from './blit.ts';
import { convertImage } from './icc/convert-image.ts';
import type { SlideSettings } from './settings.ts';
import type { EncodedTile } from './slide.ts';
import type { BackingLevel } from './slide-format.ts';
import { readIccProfile } from './tiff-properties.ts';
import { createTiffSamples } from './tiff-samples.ts';
import { getTileParameters, isPlanar, readStoredPlane } from './tiff-tiles.ts';
import type { TileLayout } from './tile-layout.ts';

/**
 * Serves a TIFF image as a slide level. The downsample is that of `full`, the level-0 image.
 * @throws UnsupportedFormatError where the compression or the sample layout can't be decoded.
 */
export async function createTiffLevel(
  image: TiffImage,
  full: TiffImage,
  settings: SlideSettings,
): Promise<BackingLevel> {
  const codec = await requireCodec(image, settings);
  const planes = isPlanar(image) ? image.samplesPerPixel : 1;
  const samples = await createTiffSamples(image, settings);
  const readStored = (col: number, row: number) => readPlanes(image, settings, { col, row, planes });
  return {
    width: image.width,
    height: image.height,
    downsample: { x: full.width / image.width, y: full.height / image.height },
    tileWidth: image.tileWidth,
    tileHeight: image.tileHeight,
    columns: image.columns,
    rows: image.rows,
    codec: codec.name,
    async decodeTile(col, row) {
      const stored = await readStored(col, row);
      return stored && decodePlanes(codec, stored, getTileParameters(image, row));
    },
    ...(typeof samples !== 'string' && { readSamples: samples.readSamples }),
    // A tile in several places of the file has no layout: it is read through the slide.
    ...(planes === 1 && { describeTiles: () => describeTiles(image, settings) }),
    async readEncodedTile(col, row): Promise<EncodedTile | undefined> {
      const stored = await readStored(col, row);
      const [first, ...more] = stored ?? [];
      if (!first) return undefined;
      const { width, height } = getTileParameters(image, row);
      return { data: more.length > 0 ? Buffer.concat([first, ...more]) : first, codec: codec.name, width, height };
    },
  };
}

/** The stored bytes of a tile, plane by plane; undefined where a sparse file has none of them. */
async function readPlanes(
  image: TiffImage,
  settings: SlideSettings,
  { col, row, planes }: { col: number; row: number; planes: number },
): Promise<Uint8Array[] | undefined> {
  const { name } = image.directory.file.source;
  const found: Uint8Array[] = [];
  for (let plane = 0; plane < planes; plane++) {
    const stored = await readStoredPlane(image, settings, { col, row, plane });
    if (stored) found.push(stored);
  }
  if (found.length === 0) return undefined;
  if (found.length < planes)
    throw new TiffError(name, `a tile of ${planes} planes of which the file stores ${found.length}`);
  return found;
}

async function decodePlanes(
  codec: TileCodec,
  stored: readonly Uint8Array[],
  parameters: TileParameters,
): Promise<Raster> {
  const [first, ...more] = stored;
  if (first && more.length === 0) return codec.decode(first, parameters);
  const plane = getPlaneParameters(parameters);
  return joinPlanes(codec, await Promise.all(stored.map((bytes) => codec.decode(bytes, plane))), parameters);
}

/** The image's tiles as another thread reads them. */
async function describeTiles(image: TiffImage, settings: SlideSettings): Promise<Omit<TileLayout, 'path' | 'level'>> {
  const { offsets, counts } = await image.readTileIndex();
  const { width, height, tileWidth, tileHeight, columns, rows, compression, tiled } = image;
  return {
    ...{ width, height, tileWidth, tileHeight, columns, rows, compression },
    parameters: getTileParameters(image, 0),
    strips: !tiled,
    maxTileBytes: settings.maxTileBytes,
    offsets: share(offsets),
    counts: share(counts),
  };
}

function share(values: Float64Array): Float64Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

/**
 * Decodes a whole image: for associated images, which are small. Missing tiles stay white. Where the settings ask for sRGB
 * the image's own colour profile is applied.
 * @throws UnsupportedFormatError where it is too large; TiffError where a part of it can't be decoded
 */
export async function readWholeImage(image: TiffImage, settings: SlideSettings): Promise<Raster> {
  const { width, height, directory } = image;
  const { name } = directory.file.source;
  if (width * height * 3 > settings.maxTileBytes)
    throw new UnsupportedFormatError(name, `an associated image of ${width} x ${height} pixels is too large`);
  const level = await createTiffLevel(image, image, settings);
  const raster = createRaster(width, height);
  for (let row = 0; row < level.rows; row++) {
    for (let col = 0; col < level.columns; col++) {
      const tile = await level.decodeTile(col, row).catch((cause: unknown) => {
        const { index } = directory;
        const why = cause instanceof Error ? cause.message : String(cause);
        const problem = `directory ${index}: tile column ${col}, row ${row} of an associated image can't be read: ${why}`;
        throw new TiffError(name, problem, { directory: index, cause });
      });
      if (tile) blitRaster(tile, raster, { x: col * level.tileWidth, y: row * level.tileHeight });
    }
  }
  return convertImage(raster, await readIccProfile(directory), { settings, name });
}

/** Why `image` can't be a level; undefined where it can. */
export async function getUnsupportedReason(image: TiffImage, settings: SlideSettings): Promise<string | undefined> {
  const { planar, fillOrder } = image;
  if (planar !== 1 && planar !== 2) return `planar configuration ${planar}`;
  if (fillOrder !== 1 && image.compression !== COMPRESSION.Jpeg) return `fill order ${fillOrder}`;
  if (image.sampleFormat !== 1) return `sample format ${image.sampleFormat}`;
  const codec = await loadTiffCodec(image.compression);
  if (!codec) return describeCompression(image.compression);
  const sampleBytes = image.bitsPerSample > 8 ? 2 : 1;
  const bytes = image.tileWidth * image.tileHeight * Math.max(image.samplesPerPixel * sampleBytes, 3);
  if (bytes > settings.maxTileBytes) {
    return `stored tiles of ${image.tileWidth} x ${image.tileHeight} pixels, more than ${settings.maxTileBytes} bytes each`;
  }
  const parameters = getTileParameters(image, 0);
  return isPlanar(image) ? getUnsupportedPlanes(codec, parameters) : codec.getUnsupportedReason(parameters);
}

async function requireCodec(image: TiffImage, settings: SlideSettings): Promise<TileCodec> {
  const reason = await getUnsupportedReason(image, settings);
  const codec = await loadTiffCodec(image.compression);
  if (codec && !reason) return codec;
  const { directory } = image;
  throw new UnsupportedFormatError(directory.file.source.name, `directory ${directory.index} can't be read: ${reason}`);
}
