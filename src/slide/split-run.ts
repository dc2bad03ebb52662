import type { Raster } from '../io/raster.ts';
import type { PlacedTile } from './read-tiles.ts';

/** The tiles of a run, from the top down, as views of its pixels: places, and sums of fractions, are those of single tiles. */
export function* splitRun(placed: PlacedTile, tileHeight: number): Generator<PlacedTile> {
  const { tile, left, top, width, height } = placed;
  if (tile.height <= tileHeight) {
    yield placed;
    return;
  }
  const bytes = tile.width * tileHeight * tile.channels;
  for (let row = 0; row * tileHeight < height; row++) {
    const above = row * tileHeight;
    const part: Raster = { ...tile, height: tileHeight, data: tile.data.subarray(row * bytes, (row + 1) * bytes) };
    yield { tile: part, left, top: top + above, width, height: Math.min(tileHeight, height - above) };
  }
}
