import type { Box } from '../pane/places.ts';
import type { TileAt, TileGrid } from '../pane/tile-grid.ts';

/** A tile that shows part of a region, and where it lies. */
export interface RegionTile {
  readonly at: TileAt;
  /** Level-0 pixels. */
  readonly box: Box;
}

/** Levels whose pixels are this little too coarse are fine enough. */
const ENOUGH = 0.999;

/**
 * The tiles of a pyramid that show a region, from the coarsest level that has a pixel for each pixel of the picture; the finest where
 * none has.
 * @param box level-0 pixels that the pyramid covers @param region level-0 pixels @param scale pixels of the picture to a level-0 pixel
 */
export function listRegionTiles(
  grid: TileGrid,
  { box, region, scale }: { box: Box; region: Box; scale: number },
): RegionTile[] {
  const across = box.width / grid.width;
  const down = box.height / grid.height;
  const found = grid.downsamples.findIndex((downsample) => 1 / (downsample * across) >= scale * ENOUGH);
  const level = found < 0 ? grid.downsamples.length - 1 : found;
  const downsample = grid.downsamples[level] ?? 1;
  const span = grid.tileSize * downsample;
  const cols = listRange((region.x - box.x) / across, region.width / across, { span, end: grid.width });
  const rows = listRange((region.y - box.y) / down, region.height / down, { span, end: grid.height });
  return rows.flatMap((row) =>
    cols.map((col) => ({
      at: { level, col, row },
      box: {
        ...{ x: box.x + col * span * across, y: box.y + row * span * down },
        width: Math.min(span, grid.width - col * span) * across,
        height: Math.min(span, grid.height - row * span) * down,
      },
    })),
  );
}

function listRange(start: number, length: number, { span, end }: { span: number; end: number }): number[] {
  const first = Math.max(0, Math.floor(start / span));
  const last = Math.min(Math.ceil(end / span), Math.ceil((start + length) / span)) - 1;
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
