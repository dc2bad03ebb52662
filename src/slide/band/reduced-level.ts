import { getThreadJpegDecoder } from '../../io/codec/decode-with-kernels.ts';
import type { RegionReader } from '../read-tiles.ts';
import type { BackingLevel } from '../slide-format.ts';
import { TileCache } from '../tile-cache.ts';
import type { TileLayout } from '../tile-layout.ts';
import { createJpegTileDecoder } from './jpeg-tile-decoder.ts';
import { openStoredTiles } from './stored-tile-reader.ts';

/** Decoded tiles that are kept. */
const CACHE_BYTES = 32 * 2 ** 20;

export interface ReducedLevel extends Disposable {
  /** Its level `layout.level` is the reduced one; it has no other. */
  readonly reader: RegionReader;
}

/**
 * A reduced level for readers of regions: the pixels that a band of it has, without a band. `downsample` is level-0 pixels
 * per reduced pixel.
 */
export function openReducedLevel(
  layout: TileLayout,
  { name, downsample }: { name: string; downsample: BackingLevel['downsample'] },
): ReducedLevel {
  const decoder = createJpegTileDecoder(getThreadJpegDecoder);
  const tiles = openStoredTiles(layout, { decoder, bytes: () => new Uint8Array(0) });
  const { width, height, tileWidth, tileHeight, columns, rows } = layout;
  const level: BackingLevel = {
    ...{ width, height, tileWidth, tileHeight, columns, rows, downsample },
    codec: 'jpeg',
    decodeTile: tiles.decodeTile,
    readEncodedTile: async () => undefined,
  };
  // Under the number of the level that is stored, as errors name it.
  const levels = Array.from({ length: layout.level + 1 }, () => level);
  const cache = new TileCache(CACHE_BYTES);
  let closed = false;
  return {
    reader: {
      name,
      levels,
      cache,
      get closed() {
        return closed;
      },
    },
    [Symbol.dispose]() {
      if (closed) return;
      closed = true;
      cache.close();
      tiles[Symbol.dispose]();
    },
  };
}
