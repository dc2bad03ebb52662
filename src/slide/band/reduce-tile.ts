import { addArea, createAreaSums, writeArea } from '../../io/kernels/area-resample.ts';
import type { Raster } from '../../io/raster.ts';
import type { TileLayout } from '../tile-layout.ts';

/** Pixels of a stored tile that belong to the level, not to the padding at its right and bottom edge. */
function getInside({ reduction, parameters }: TileLayout, { col, row }: { col: number; row: number }) {
  const { width, height } = parameters;
  return {
    width: Math.min(width, (reduction?.width ?? Infinity) - col * width),
    height: Math.min(height, (reduction?.height ?? Infinity) - row * height),
  };
}

/**
 * Whether the level's edge runs through pixels of the reduced tile. A scaled decode would mix the padding into them, so such
 * a tile is decoded in full and averaged.
 */
export function isRagged(layout: TileLayout, at: { col: number; row: number }): boolean {
  const scale = layout.reduction?.scale ?? 1;
  const { width, height } = getInside(layout, at);
  return width % scale !== 0 || height % scale !== 0;
}

/** A full decode brought to the layout's size by area; beyond the level's edge it counts as white. */
export function averageTile(layout: TileLayout, tile: Raster, at: { col: number; row: number }): Raster {
  const { reduction, tileWidth: width, tileHeight: height } = layout;
  if (!reduction) return tile;
  const { scale } = reduction;
  const { channels } = tile;
  const sums = createAreaSums({ width, channels, firstRow: 0, endRow: height });
  const window = { x: 0, y: 0, stepX: scale, stepY: scale };
  addArea(sums, tile, { window, ...getInside(layout, at) });
  const data = new Uint8Array(width * height * channels);
  writeArea(sums, window, data);
  return { width, height, channels, data };
}
