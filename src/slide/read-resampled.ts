import { addArea, createAreaSums, writeArea } from '../io/kernels/area-resample.ts';
import { createRaster, type Raster } from '../io/raster.ts';
import { readLevelWindow } from './read-region.ts';
import { type LevelWindow, type RegionReader, readTilesInOrder, type TileReader } from './read-tiles.ts';
import type { ReadRegionOptions, SlideLevel } from './slide.ts';
import { splitRun } from './split-run.ts';
import { TileCache } from './tile-cache.ts';

/** Level-0 corner (may be fractional), size of the result, and level-0 pixels per result pixel. */
export interface ResampledRegion {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly downsample: { readonly x: number; readonly y: number };
}

/** Result pixels summed at once, 24 bytes each: with the tiles in flight, the bound on memory beside the result. */
const BAND_PIXELS = 2 ** 20;

/** From this much on, the tiles of a band are not kept in the slide's cache. */
const ONCE_BYTES = 16 * 2 ** 20;

/**
 * A level that is coarser than asked by less than this still counts as fine enough: levels are rounded to whole pixels,
 * so a nominal 4 is stored as 4.0003.
 */
const LEVEL_TOLERANCE = 1.005;

/** The coarsest level that is not coarser than `downsample` on either axis; level 0 where none is. */
export function chooseLevel(levels: readonly SlideLevel[], downsample: { x: number; y: number }): number {
  let best = 0;
  levels.forEach((level, index) => {
    const fine = level.downsample.x <= downsample.x * LEVEL_TOLERANCE;
    if (fine && level.downsample.y <= downsample.y * LEVEL_TOLERANCE) best = index;
  });
  return best;
}

/**
 * The level that serves a region, and its pixels per result pixel: undefined where the drift over the whole region stays
 * under half a pixel, so that the level's pixels are taken as stored.
 */
export function resolveSampling(
  levels: readonly SlideLevel[],
  { downsample, width, height }: Pick<ResampledRegion, 'downsample' | 'width' | 'height'>,
): { level: number; step: { x: number; y: number } | undefined } {
  const index = chooseLevel(levels, downsample);
  const own = levels[index]?.downsample ?? { x: 1, y: 1 };
  const step = { x: downsample.x / own.x, y: downsample.y / own.y };
  const same = Math.abs(step.x - 1) * width < 0.5 && Math.abs(step.y - 1) * height < 0.5;
  return { level: index, step: same ? undefined : step };
}

/**
 * Reads a region at any downsample. Where a level has it (the drift over the whole region stays under half a pixel) its
 * pixels are returned as stored, from the nearest whole pixel; else the level is averaged by area,
 * tile by tile.
 */
export async function readResampled(
  reader: RegionReader,
  region: ResampledRegion,
  options: ReadRegionOptions = {},
): Promise<Raster> {
  const { width, height } = region;
  const { level: index, step } = resolveSampling(reader.levels, region);
  const level = reader.levels[index];
  if (!level) return createRaster(width, height);
  const corner = { x: region.x / level.downsample.x, y: region.y / level.downsample.y };
  if (!step) {
    const window = { level: index, x: Math.round(corner.x), y: Math.round(corner.y), width, height };
    return readLevelWindow(reader, window, options);
  }
  return averageTiles(reader, { level: index, corner, step, width, height }, options);
}

/** A region of one level that is averaged by area. */
export interface Averaging {
  readonly level: number;
  /** In pixels of the level. */
  readonly corner: { readonly x: number; readonly y: number };
  readonly step: { readonly x: number; readonly y: number };
  readonly width: number;
  readonly height: number;
}

/** The mean of the level under each pixel of the result, tile by tile; white outside the level. */
export async function averageTiles(
  reader: RegionReader,
  work: Averaging,
  options: ReadRegionOptions = {},
): Promise<Raster> {
  const { width, height } = work;
  const result = createRaster(width, height);
  const rowsPerBand = Math.max(1, Math.floor(BAND_PIXELS / width));
  for (let firstRow = 0; firstRow < height; firstRow += rowsPerBand) {
    const endRow = Math.min(height, firstRow + rowsPerBand);
    await averageBand(reader, { ...work, firstRow, endRow, result }, options);
  }
  return result;
}

/**
 * A thumbnail needs each tile of a level once: kept, they would put out of the cache what is asked for again, and fill it.
 * Large tiles lie in several bands, and are kept.
 */
function readOnce(reader: RegionReader, { level, width, height }: LevelWindow): TileReader<Raster> {
  const { tileWidth = 1, tileHeight = 1 } = reader.levels[level] ?? {};
  if (width * height * 3 < ONCE_BYTES || tileWidth * tileHeight * 3 > ONCE_BYTES / 8) return reader;
  const { name, levels } = reader;
  return {
    ...{ name, levels, cache: new TileCache(0) },
    get closed() {
      return reader.closed;
    },
  };
}

interface Band extends Averaging {
  /** Rows of the result. */
  readonly firstRow: number;
  readonly endRow: number;
  readonly result: Raster;
}

async function averageBand(reader: RegionReader, band: Band, options: ReadRegionOptions): Promise<void> {
  const { level, corner, step, width, firstRow, endRow } = band;
  const sums = createAreaSums({ width, channels: 3, firstRow, endRow });
  const place = { x: corner.x, y: corner.y, stepX: step.x, stepY: step.y };
  const x = Math.floor(corner.x);
  const y = Math.floor(corner.y + firstRow * step.y);
  const columns = Math.ceil(corner.x + width * step.x) - x;
  const rows = Math.ceil(corner.y + endRow * step.y) - y;
  const source = { level, x, y, width: columns, height: rows };
  const { tileHeight = 1 } = reader.levels[level] ?? {};
  for await (const placed of readTilesInOrder<Raster>(readOnce(reader, source), source, options)) {
    for (const { tile, left, top, ...inside } of splitRun(placed, tileHeight)) {
      const window = { ...place, x: corner.x - left, y: corner.y - top };
      addArea(sums, tile, { window, ...inside });
    }
  }
  writeArea(sums, place, band.result.data);
}
