import { createRaster, type Raster } from '../io/raster.ts';
import { blitRaster } from './blit.ts';
import { type LevelWindow, type RegionReader, readTilesInOrder } from './read-tiles.ts';
import type { ReadRegionOptions } from './slide.ts';

/** RGB pixels of a window of a level; white outside the level and where no tile is stored. */
export async function readLevelWindow(
  reader: RegionReader,
  window: LevelWindow,
  options: ReadRegionOptions = {},
): Promise<Raster> {
  const raster = createRaster(window.width, window.height);
  for await (const { tile, left, top, ...inside } of readTilesInOrder<Raster>(reader, window, options)) {
    blitRaster(tile, raster, { x: left - window.x, y: top - window.y }, inside);
  }
  return raster;
}
