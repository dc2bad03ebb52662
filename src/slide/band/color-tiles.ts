import { applyTableToRaster } from '../../io/icc/convert-raster.ts';
import { applyColorTable } from '../../io/kernels/apply-color-table.ts';
import type { TileLayout } from '../tile-layout.ts';
import type { StoredTileReader } from './stored-tiles.ts';

/** The tiles with the colours of the layout's table, where it has one; their bytes as stored. */
export function withColors(
  tiles: StoredTileReader,
  { colors, tileWidth: width, tileHeight: height }: TileLayout,
  bytes: () => Uint8Array,
): StoredTileReader {
  if (!colors) return tiles;
  return {
    get tilesRead() {
      return tiles.tilesRead;
    },
    readStored: tiles.readStored,
    ...(tiles.prefetch && { prefetch: tiles.prefetch }),
    readTile({ col, row, address: start, pitch }) {
      const convert = (stored: boolean) => {
        if (stored) applyColorTable(bytes(), { start, pitch, width, height }, colors);
        return stored;
      };
      const stored = tiles.readTile({ col, row, address: start, pitch });
      return stored instanceof Promise ? stored.then(convert) : convert(stored);
    },
    async decodeTile(col, row) {
      const tile = await tiles.decodeTile(col, row);
      return tile && applyTableToRaster(tile, colors);
    },
    [Symbol.dispose]: () => tiles[Symbol.dispose](),
  };
}
