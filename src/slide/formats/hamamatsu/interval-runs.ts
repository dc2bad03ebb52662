import { getThreadJpegDecoder } from '../../../io/codec/decode-with-kernels.ts';
import { createJpegHead } from '../../../io/codec/jpeg-stream.ts';
import type { TileParameters } from '../../../io/codec/tile-codec.ts';
import { type JpegHeader, parseJpegHeader } from '../../../io/kernels/jpeg-decode.ts';
import { hasWasmSimd } from '../../../io/kernels/wasm-kernels.ts';
import type { Raster } from '../../../io/raster.ts';
import type { ByteSource } from '../../../io/source/byte-source.ts';
import { PHOTOMETRIC } from '../../../io/tiff/tags.ts';
import { CodecError } from '../../../utils/errors.ts';
import { getIntervalData } from '../../restart-interval.ts';
import type { SlideSettings } from '../../settings.ts';
import type { TileRuns } from '../../slide-format.ts';
import { type Place, readTogether } from './read-together.ts';
import type { RestartGrid } from './restart-grid.ts';

/** Rows of pixels that a run is made up to: fewer cost more calls, more are decoded in vain for a small region. */
const MAX_ROWS = 64;
/** Decoded bytes of a run. */
const MAX_BYTES = 2 ** 21;
/** Runs that the cache has room for, at least: else tiles are kept one by one. */
const MIN_KEPT = 8;

export interface RunSource {
  readonly source: ByteSource;
  readonly grid: RestartGrid;
  readonly parameters: TileParameters;
  readonly settings: SlideSettings;
  /** Where intervals lie. @throws CodecError, TiffError, ShortReadError for one that can't be read */
  locate(index: number): Promise<Place>;
}

/**
 * Runs of restart intervals below each other: their bytes are read together, and each is decoded by itself to its place, with
 * headers that are parsed once. The pixels are those of `decodeTile`.
 * @returns undefined where that brings nothing, or the kernels can't decode them
 */
export function createIntervalRuns({ source, grid, parameters, settings, locate }: RunSource): TileRuns | undefined {
  const { tileWidth, tileHeight, columns, folds } = grid;
  const channels = parameters.samples === 3 ? 3 : 1;
  const tileBytes = tileWidth * tileHeight * channels;
  const bytes = Math.min(MAX_BYTES, settings.cacheBytes / MIN_KEPT);
  const length = Math.floor(Math.min(MAX_ROWS / tileHeight, bytes / tileBytes));
  const header = length < 2 || folds > 1 ? undefined : readHeader(grid.head, parameters);
  if (!header) return undefined;
  return {
    length,
    async decode(col, row, count): Promise<Raster> {
      const indices = Array.from({ length: count }, (_, i) => (row + i) * columns + col);
      const places = await Promise.all(indices.map(locate));
      const stored = await readTogether(source, places);
      // Not set to zero first: every byte is written, or the run is given up.
      const data = new Uint8Array(Buffer.allocUnsafeSlow(count * tileBytes).buffer);
      // Without a pause from here on: the decoder is the thread's.
      stored.forEach((interval, i) => {
        const target = { data: data.subarray(i * tileBytes, (i + 1) * tileBytes), pitch: tileWidth * channels };
        const decoder = getThreadJpegDecoder(tileBytes + interval.length);
        decoder.decodeInto(getIntervalData(interval, indices[i] ?? 0), header, target);
      });
      return { width: tileWidth, height: tileHeight * count, channels, data };
    },
  };
}

/** What the codec makes of a tile's headers, for data that come without them; undefined where it does not use the kernels. */
function readHeader(head: Uint8Array, parameters: TileParameters): JpegHeader | undefined {
  if (!hasWasmSimd() || parameters.photometric === PHOTOMETRIC.WhiteIsZero) return undefined;
  try {
    const { head: start, frame, scan } = createJpegHead(head, parameters);
    const header = parseJpegHeader(Buffer.concat([start, head.subarray(scan)]));
    if (header.unsupported !== undefined || frame.components !== parameters.samples) return undefined;
    return { ...header, scan: 0 };
  } catch (error) {
    // The codec will say so of each tile.
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}
