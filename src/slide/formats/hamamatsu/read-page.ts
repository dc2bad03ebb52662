import type { TiffDirectory } from '../../../io/tiff/directory.ts';
import { COMPRESSION, TAG } from '../../../io/tiff/tags.ts';
import { readTiffImage, type TiffImage } from '../../../io/tiff/tiff-image.ts';
import { CodecError, TiffError, UnsupportedFormatError } from '../../../utils/errors.ts';
import type { SlideSettings } from '../../settings.ts';
import type { BackingLevel } from '../../slide-format.ts';
import { createTiffLevel } from '../../tiff-level.ts';
import { NDPI_TAG } from './ndpi-tags.ts';
import { readStreamHead, type StreamHead, type Strip } from './read-stream-head.ts';
import { createRestartGrid } from './restart-grid.ts';
import { createRestartLevel } from './restart-level.ts';

/** A page's picture: one strip. */
export interface PageImage {
  /** Its size is that of the JPEG where the two differ. */
  readonly image: TiffImage;
  readonly strip: Strip;
  /** Undefined where the picture is no JPEG. */
  readonly stream: StreamHead | undefined;
}

/** Most pixels on an axis that a JPEG can state; it says 0 above. */
const MAX_SIDE = 65_535;

/** @throws TiffError where the page is damaged; UnsupportedFormatError where its picture is not in one piece */
export async function readPageImage(directory: TiffDirectory): Promise<PageImage> {
  const image = await readTiffImage(directory);
  const { source } = directory.file;
  if (image.tiled || image.rows !== 1)
    throw new UnsupportedFormatError(source.name, `directory ${directory.index}: an NDPI page that is not one strip`);
  const strip = await readStrip(directory);
  const { offset, count } = strip;
  if (offset + count > source.size) {
    const problem = `directory ${directory.index}: a picture of ${count} bytes at ${offset}, the file has ${source.size}`;
    throw new TiffError(source.name, problem, { directory: directory.index });
  }
  const stream = image.compression === COMPRESSION.Jpeg ? await readHead(directory, strip) : undefined;
  return { image: placeImage(image, strip, stream), strip, stream };
}

/** @throws UnsupportedFormatError where the picture can't be decoded */
export async function createPageLevel(
  { image, strip, stream }: PageImage,
  full: TiffImage,
  settings: SlideSettings,
): Promise<BackingLevel> {
  const grid = stream && createRestartGrid(stream, image);
  if (stream && grid) return createRestartLevel({ image, strip, stream, grid }, full, settings);
  if (stream && (stream.width !== image.width || stream.height !== image.height)) {
    const { index, file } = image.directory;
    const problem = `directory ${index}: a JPEG of ${image.width} x ${image.height} pixels without a grid of restart markers`;
    throw new UnsupportedFormatError(file.source.name, problem);
  }
  return createTiffLevel(image, full, settings);
}

/** Low words and, in tags of their own, high words. */
async function readStrip(directory: TiffDirectory): Promise<Strip> {
  const read = async (tag: number, highTag: number) => {
    const low = (await directory.readNumber(tag)) ?? 0;
    const high = await directory.readNumber(highTag);
    return high ? (low % 2 ** 32) + high * 2 ** 32 : low;
  };
  return {
    offset: await read(TAG.StripOffsets, NDPI_TAG.OffsetHighWord),
    count: await read(TAG.StripByteCounts, NDPI_TAG.ByteCountHighWord),
  };
}

async function readHead(directory: TiffDirectory, strip: Strip): Promise<StreamHead> {
  const { index, file } = directory;
  try {
    return await readStreamHead(file.source, strip);
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw new TiffError(file.source.name, `directory ${index}: ${cause.message}`, { directory: index, cause });
  }
}

/**
 * The image where it really lies, as one tile. On coarse levels the tags may round its size otherwise than the JPEG, which
 * is the one that decides what can be decoded.
 */
function placeImage(image: TiffImage, strip: Strip, stream: StreamHead | undefined): TiffImage {
  const choose = (tag: number, stored: number | undefined) => (tag > MAX_SIDE ? tag : stored || tag);
  const width = choose(image.width, stream?.width);
  const height = choose(image.height, stream?.height);
  const index = { offsets: Float64Array.of(strip.offset), counts: Float64Array.of(strip.count) };
  return { ...image, width, height, tileWidth: width, tileHeight: height, readTileIndex: async () => index };
}
