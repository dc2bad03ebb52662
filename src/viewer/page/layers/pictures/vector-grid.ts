import type { TileAt, TileGrid } from '../../pane/tile-grid.ts';
import type { TileFrame } from '../tile-frame.ts';

/** Pixels of a tile on a side. */
const TILE = 512;
/** Lines are drawn up to so many times finer than the slide's pixels: as far as one can zoom in. */
const FINEST = 16;
/** The coarsest level is at most so large; below it, the same boxes would be summed up again for nothing. */
const COARSEST = 1024;

/** @param size of the slide, level-0 pixels. @returns the grid of its vector layers: twice as fine from level to level */
export function createVectorGrid(size: { readonly width: number; readonly height: number }): TileGrid {
  const [width, height] = [size.width * FINEST, size.height * FINEST];
  const steps = Math.max(0, Math.ceil(Math.log2(Math.max(width, height) / COARSEST)));
  const downsamples = Array.from({ length: steps + 1 }, (_, level) => 2 ** (steps - level));
  return { width, height, tileSize: TILE, downsamples };
}

/** Where a tile of the grid lies on the slide. */
export function getTileFrame(grid: TileGrid, { level, col, row }: TileAt): TileFrame {
  const downsample = (grid.downsamples[level] ?? 1) / FINEST;
  const side = grid.tileSize * downsample;
  return { left: col * side, top: row * side, downsample, size: grid.tileSize };
}
