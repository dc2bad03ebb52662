import { describeCompression, loadTiffCodec } from '../../io/codec/codecs.ts';
import type { TileParameters } from '../../io/codec/tile-codec.ts';
import type { JpegScale } from '../../io/kernels/jpeg-decode.ts';
import { createRaster, type Raster } from '../../io/raster.ts';
import { CodecError, ShortReadError, TiffError } from '../../utils/errors.ts';
import { trackOpen } from '../../utils/open-handles.ts';
import { blitRaster } from '../blit.ts';
import { checkIntervalPlace, createIntervalJpeg } from '../restart-interval.ts';
import type { TileLayout } from '../tile-layout.ts';
import { withColors } from './color-tiles.ts';
import { averageTile, isRagged } from './reduce-tile.ts';
import type { StoredTileReader } from './stored-tiles.ts';
import { openTileBytes } from './tile-bytes.ts';

/** Decodes a stored tile into RGB where it belongs, without a promise. */
export interface SyncTileDecoder {
  /** `false`: not a tile of its kind, which the codec has to decode. @throws CodecError for a corrupt one */
  decode(tile: Uint8Array, target: SyncTileTarget): boolean;
}

/** From `data[0]` on, with `pitch` bytes a row, at 1/`scale` of the size that `parameters` say, or at half of it by means. */
export interface SyncTileTarget {
  readonly data: Uint8Array;
  readonly pitch: number;
  readonly parameters: TileParameters;
  readonly scale: JpegScale;
  readonly mean: boolean;
}

export type { StoredTileReader };

/** @throws SourceError where the file can't be opened */
export function openStoredTiles(
  layout: TileLayout,
  parts: { decoder: SyncTileDecoder | undefined; bytes: () => Uint8Array },
): StoredTileReader {
  const { path } = layout;
  const file = openTileBytes(layout);
  let tilesRead = 0;
  const locate = ({ col, row }: TilePlace) => {
    const index = row * layout.columns + col;
    return { index, offset: layout.offsets[index] ?? 0, length: layout.counts[index] ?? 0 };
  };
  const readStored = (col: number, row: number): Uint8Array | undefined | Promise<Uint8Array> => {
    const { index, offset, length } = locate({ col, row });
    if (offset === 0 || length === 0) return undefined;
    if (layout.restart) checkIntervalPlace(offset, length);
    if (offset + length > file.size) throw new ShortReadError(path, { offset, length, size: file.size });
    if (length > layout.maxTileBytes)
      throw new TiffError(path, `a stored tile of ${length} bytes, more than ${layout.maxTileBytes}`);
    tilesRead++;
    const complete = (stored: Uint8Array) =>
      layout.restart ? createIntervalJpeg(layout.restart.head, stored, index) : stored;
    const stored = file.read(offset, length);
    return stored instanceof Promise ? stored.then(complete) : complete(stored);
  };
  const decodeNow = (
    tile: Uint8Array,
    at: TilePlace,
    { data, pitch }: Pick<SyncTileTarget, 'data' | 'pitch'>,
  ): boolean => {
    if (!parts.decoder || isRagged(layout, at)) return false;
    const { mean = false, scale = 1 } = layout.reduction ?? {};
    const parameters = getParameters(layout, at.row);
    return parts.decoder.decode(tile, { data, pitch, parameters, scale: mean ? 1 : scale, mean });
  };
  const reader: StoredTileReader = {
    get tilesRead() {
      return tilesRead;
    },
    readStored,
    ...(file.prefetch && {
      prefetch(tiles) {
        const places = [...tiles]
          .map(locate)
          .filter(({ offset, length }) => isSound(layout, offset, length, file.size));
        file.prefetch?.(places);
      },
    }),
    readTile({ col, row, address, pitch }) {
      const place = (tile: Uint8Array): boolean | Promise<boolean> => {
        if (decodeNow(tile, { col, row }, { data: parts.bytes().subarray(address), pitch })) return true;
        return decodeByCodec(layout, tile.slice(), { col, row }).then((raster) => {
          placeRaster(raster, { bytes: parts.bytes(), address, pitch });
          return true;
        });
      };
      const tile = readStored(col, row);
      if (tile instanceof Promise) return tile.then(place);
      return tile ? place(tile) : false;
    },
    async decodeTile(col, row) {
      const stored = readStored(col, row);
      // The bytes of a file are good until the next read: nothing may come between.
      const tile = stored instanceof Promise ? await stored : stored;
      if (!tile) return undefined;
      const raster = createRaster(layout.tileWidth, layout.tileHeight);
      const now = decodeNow(tile, { col, row }, { data: raster.data, pitch: layout.tileWidth * 3 });
      return now ? raster : decodeByCodec(layout, tile.slice(), { col, row });
    },
    [Symbol.dispose]() {
      untrack();
      file[Symbol.dispose]();
    },
  };
  const untrack = trackOpen(reader, 'tiles', path);
  return withColors(reader, layout, parts.bytes);
}

/** Whether a tile's bytes may be asked for; of others the reader says what is wrong. */
function isSound({ maxTileBytes }: TileLayout, offset: number, length: number, size: number): boolean {
  return offset > 0 && length > 0 && offset + length <= size && length <= maxTileBytes;
}

/** The last strip of an image holds the rows that are left. */
function getParameters({ strips, rows, height, tileHeight, parameters }: TileLayout, row: number): TileParameters {
  return strips && row === rows - 1 ? { ...parameters, height: height - row * tileHeight } : parameters;
}

interface TilePlace {
  readonly col: number;
  readonly row: number;
}

async function decodeByCodec(layout: TileLayout, tile: Uint8Array, at: TilePlace): Promise<Raster> {
  const codec = await loadTiffCodec(layout.compression);
  if (!codec) throw new CodecError('tiff', `${describeCompression(layout.compression)} can't be decoded`);
  return averageTile(layout, await codec.decode(tile, getParameters(layout, at.row)), at);
}

/** Copies a decoded tile to its place, grey spread to RGB. */
function placeRaster(raster: Raster, { bytes, address, pitch }: { bytes: Uint8Array; address: number; pitch: number }) {
  const { width, height, channels, data } = raster;
  if (channels === 3) {
    for (let row = 0; row < height; row++) {
      bytes.set(data.subarray(row * width * 3, (row + 1) * width * 3), address + row * pitch);
    }
    return;
  }
  const line = { width, height: 1, channels: 3, data: new Uint8Array(width * 3) } as const;
  for (let row = 0; row < height; row++) {
    blitRaster({ width, height: 1, channels, data: data.subarray(row * width, (row + 1) * width) }, line, {
      x: 0,
      y: 0,
    });
    bytes.set(line.data, address + row * pitch);
  }
}
