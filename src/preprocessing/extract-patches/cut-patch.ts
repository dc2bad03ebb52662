import type { Raster } from '../../io/raster.ts';
import type { ResampledRegion } from '../../slide/read-resampled.ts';
import type { ReadRegionOptions, Region } from '../../slide/slide.ts';
import type { TileError } from '../../utils/errors.ts';
import type { PatchGeometry } from './patch-plan.ts';
import type { BadTilePolicy } from './run-options.ts';

/** The pixels of one patch, and which stored tiles under it could not be read. */
export interface CutPatch<R = Raster> {
  /** undefined: left out, as the policy is `skip` and a tile is bad. */
  readonly raster: R | undefined;
  readonly badTiles: readonly TileError[];
}

/** What reads regions as RGB pixels, or as samples of a channel. */
export interface RegionCut<R> {
  readRegion(region: Region, options?: ReadRegionOptions): Promise<R>;
  readRegionAtDownsample(region: ResampledRegion, options?: ReadRegionOptions): Promise<R>;
}

/**
 * Reads one patch of `size` x `size` pixels; RGB is white outside the slide.
 * @throws TileError under the policy `fail`.
 */
export async function cutPatch<R>(
  reader: RegionCut<R>,
  at: { readonly x: number; readonly y: number; readonly geometry: PatchGeometry },
  { onBadTile, signal }: { onBadTile: BadTilePolicy; signal?: AbortSignal | undefined },
): Promise<CutPatch<R>> {
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
