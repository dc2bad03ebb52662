import { loadTiffCodec } from '../../../io/codec/codecs.ts';
import type { TileParameters } from '../../../io/codec/tile-codec.ts';
import type { TiffImage, TileIndex } from '../../../io/tiff/tiff-image.ts';
import { CodecError, ShortReadError, TiffError, UnsupportedFormatError } from '../../../utils/errors.ts';
import { checkIntervalPlace, createIntervalJpeg } from '../../restart-interval.ts';
import type { SlideSettings } from '../../settings.ts';
import type { BackingLevel } from '../../slide-format.ts';
import { findIntervals } from './find-intervals.ts';
import { createIntervalRuns } from './interval-runs.ts';
import type { StreamHead, Strip } from './read-stream-head.ts';
import type { Place } from './read-together.ts';
import type { RestartGrid } from './restart-grid.ts';
import { unfoldInterval } from './unfold-interval.ts';

/** A page whose one JPEG is read interval by interval. */
export interface RestartPage {
  readonly image: TiffImage;
  readonly strip: Strip;
  readonly stream: StreamHead;
  readonly grid: RestartGrid;
}

/** As many values as a tag may have. */
const MAX_INTERVALS = 2 ** 24;

/**
 * A level whose tiles are the restart intervals of one JPEG. Where they lie is looked up at the first tile and kept: 16
 * bytes each.
 * @throws UnsupportedFormatError where the samples can't be decoded, or an interval is too large; TiffError where there are
 *   more intervals than the file has room for
 */
export async function createRestartLevel(
  page: RestartPage,
  full: { width: number; height: number },
  settings: SlideSettings,
): Promise<BackingLevel> {
  const { width, height, compression, directory } = page.image;
  const { tileWidth, tileHeight, columns, rows, head, folds } = page.grid;
  const { source } = directory.file;
  const parameters = createParameters(page);
  const codec = await loadTiffCodec(compression);
  const reason = codec ? codec.getUnsupportedReason(parameters) : 'no JPEG codec';
  if (!codec || reason) throw new UnsupportedFormatError(source.name, `directory ${directory.index}: ${reason}`);
  if (tileWidth * tileHeight * 3 > settings.maxTileBytes) {
    const problem = `directory ${directory.index}: restart intervals of ${tileWidth} x ${tileHeight} pixels`;
    throw new UnsupportedFormatError(source.name, `${problem}, more than ${settings.maxTileBytes} bytes each`);
  }
  const total = checkTotal(page);
  const getIntervals = keepLoaded(() => findIntervals({ ...page, directory, total }));
  const locate = async (index: number): Promise<Place> => {
    const { offsets, counts } = await getIntervals();
    const [offset, length] = [offsets[index] ?? Number.NaN, counts[index] ?? Number.NaN];
    checkIntervalPlace(offset, length);
    if (offset + length > source.size) throw new ShortReadError(source.name, { offset, length, size: source.size });
    if (length > settings.maxTileBytes)
      throw new TiffError(source.name, `a stored tile of ${length} bytes, more than ${settings.maxTileBytes}`);
    return { offset, length };
  };
  const readJpeg = async (col: number, row: number): Promise<Uint8Array> => {
    const index = row * columns + col;
    const { offset, length } = await locate(index);
    return createIntervalJpeg(head, await source.read(offset, length), index);
  };
  const runs = createIntervalRuns({ source, grid: page.grid, parameters, settings, locate });
  const level = {
    ...{ width, height, tileWidth, tileHeight, columns, rows },
    downsample: { x: full.width / width, y: full.height / height },
    codec: codec.name,
    ...(runs && { runs }),
    decodeTile: async (col: number, row: number) =>
      unfoldInterval(await codec.decode(await readJpeg(col, row), parameters), folds),
  };
  if (folds > 1) return { ...level, readEncodedTile: async () => failFolded(tileWidth) };
  return {
    ...level,
    readEncodedTile: async (col, row) => ({
      data: await readJpeg(col, row),
      codec: codec.name,
      width: tileWidth,
      height: tileHeight,
    }),
    describeTiles: async () => ({
      ...{ width, height, tileWidth, tileHeight, columns, rows, compression, parameters },
      ...{ strips: false, maxTileBytes: settings.maxTileBytes, restart: { head } },
      ...(await getIntervals()),
    }),
  };
}

/** Before memory is taken for their positions: an interval has a byte of data and a marker at least. @throws TiffError */
function checkTotal({ image, strip, grid }: RestartPage): number {
  const total = grid.columns * grid.rows;
  if (total <= Math.min(MAX_INTERVALS, strip.count / 3)) return total;
  const { index, file } = image.directory;
  const problem = `directory ${index}: ${total} restart intervals in a picture of ${strip.count} bytes`;
  throw new TiffError(file.source.name, problem, { directory: index });
}

function createParameters({ image, grid }: RestartPage): TileParameters {
  const { samplesPerPixel, bitsPerSample, photometric, predictor, extraSample, jpegTables } = image;
  const width = grid.tileWidth / grid.folds;
  const height = grid.tileHeight * grid.folds;
  return {
    ...{ width, height, fullHeight: height },
    ...{ samples: samplesPerPixel, bitsPerSample, photometric, predictor, extraSample, jpegTables },
  };
}

function failFolded(width: number): never {
  throw new CodecError('jpeg', `a tile of ${width} pixels is too wide for a JPEG of its own; read its region instead`);
}

/** Loads once; a load that failed may succeed later, so only what was read is kept. */
function keepLoaded(load: () => Promise<TileIndex>): () => Promise<TileIndex> {
  let kept: Promise<TileIndex> | undefined;
  return () => {
    kept ??= load().catch((error: unknown) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
}
