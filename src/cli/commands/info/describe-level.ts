import { countStored } from '../../../preprocessing/validate-slide/choose-tiles.ts';
import type { Slide } from '../../../slide/slide.ts';

export interface LevelInfo {
  readonly width: number;
  readonly height: number;
  readonly downsample: { readonly x: number; readonly y: number };
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly codec: string;
  /** Of its grid of tiles. */
  readonly columns: number;
  readonly rows: number;
  /** Tiles that the file has, fewer than the grid's in a sparse one; null where that was not asked or is not known. */
  readonly storedTiles: number | null;
  /** Their encoded bytes. */
  readonly storedBytes: number | null;
}

/** Picked by name: a level of an open slide carries more than its geometry. */
export async function describeLevel(slide: Slide, index: number, { tiles }: { tiles: boolean }): Promise<LevelInfo> {
  const level = slide.levels[index];
  if (!level) throw new RangeError(`level ${index} of ${slide.levels.length}`);
  const { width, height, downsample, tileWidth, tileHeight, codec } = level;
  const layout = tiles ? await slide.getTileLayout?.(index) : undefined;
  return {
    ...{ width, height, downsample, tileWidth, tileHeight, codec },
    columns: Math.ceil(width / tileWidth),
    rows: Math.ceil(height / tileHeight),
    storedTiles: layout ? countStored(layout) : null,
    storedBytes: layout ? layout.counts.reduce((sum, count) => sum + (count || 0), 0) : null,
  };
}
