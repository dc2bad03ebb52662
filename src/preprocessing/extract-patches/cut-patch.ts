import type { Raster } from '../../io/raster.ts';
import type { ReadRegionOptions } from '../../slide/slide.ts';
import type { TileError } from '../../utils/errors.ts';
import type { PatchGeometry } from './patch-plan.ts';
import type { PatchReader } from './patch-reader.ts';
import type { BadTilePolicy } from './run-options.ts';

/** The pixels of one patch, and which stored tiles under it could not be read. */
export interface CutPatch {
  /** undefined: left out, as the policy is `skip` and a tile is bad. */
  readonly raster: Raster | undefined;
  readonly badTiles: readonly TileError[];
}

/**
 * Reads one patch of `size` x `size` RGB pixels; white outside the slide.
 * @throws TileError under the policy `fail`.
 */
export async function cutPatch(
  reader: Pick<PatchReader, 'readRegion' | 'readRegionAtDownsample'>,
  at: { readonly x: number; readonly y: number; readonly geometry: PatchGeometry },
  { onBadTile, signal }: { onBadTile: BadTilePolicy; signal?: AbortSignal | undefined },
): Promise<CutPatch> {
  const badTiles: TileError[] = [];
  const options: ReadRegionOptions = {
    ...(signal && { signal }),
    ...(onBadTile !== 'fail' && { onBadTile: (error: TileError) => void badTiles.push(error) }),
  };
  const { size: width, size: height, level, downsample } = at.geometry;
  const corner = { x: at.x, y: at.y, width, height };
  const raster =
    level === undefined
      ? await reader.readRegionAtDownsample({ ...corner, downsample }, options)
      : await reader.readRegion({ ...corner, level }, options);
  badTiles.sort((a, b) => a.level - b.level || a.row - b.row || a.col - b.col);
  return { raster: onBadTile === 'skip' && badTiles.length > 0 ? undefined : raster, badTiles };
}
