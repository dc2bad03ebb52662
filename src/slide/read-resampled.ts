import { resampleArea } from '../io/kernels/area-resample.ts';
import { createRaster, type Raster } from '../io/raster.ts';
import { type RegionReader, readLevelWindow } from './read-region.ts';
import type { ReadRegionOptions, SlideLevel } from './slide.ts';

/** Level-0 corner (may be fractional), size of the result, and level-0 pixels per result pixel. */
export interface ResampledRegion {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly downsample: { readonly x: number; readonly y: number };
}

/** Source pixels read at once, at most: the bound on memory beside the result. */
const STRIP_PIXELS = 16 * 2 ** 20;

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
 * Reads a region at any downsample. Where a level has it (the drift over the whole region stays under half a pixel) its
 * pixels are returned as stored, from the nearest whole pixel; else the level is averaged by area, strip by strip.
 */
export async function readResampled(
  reader: RegionReader,
  region: ResampledRegion,
  options: ReadRegionOptions = {},
): Promise<Raster> {
  const { width, height } = region;
  const index = chooseLevel(reader.levels, region.downsample);
  const level = reader.levels[index];
  if (!level) return createRaster(width, height);
  const step = { x: region.downsample.x / level.downsample.x, y: region.downsample.y / level.downsample.y };
  const corner = { x: region.x / level.downsample.x, y: region.y / level.downsample.y };
  if (Math.abs(step.x - 1) * width < 0.5 && Math.abs(step.y - 1) * height < 0.5) {
    const window = { level: index, x: Math.round(corner.x), y: Math.round(corner.y), width, height };
    return readLevelWindow(reader, window, options);
  }
  return averageStrips(reader, { level: index, corner, step, width, height }, options);
}

interface Averaging {
  readonly level: number;
  /** In pixels of the level. */
  readonly corner: { readonly x: number; readonly y: number };
  readonly step: { readonly x: number; readonly y: number };
  readonly width: number;
  readonly height: number;
}

async function averageStrips(reader: RegionReader, work: Averaging, options: ReadRegionOptions): Promise<Raster> {
  const { level, corner, step, width, height } = work;
  const result = createRaster(width, height);
  const left = Math.floor(corner.x);
  const columns = Math.ceil(corner.x + width * step.x) - left;
  const rowsPerStrip = Math.max(1, Math.floor(STRIP_PIXELS / columns / step.y));
  for (let firstRow = 0; firstRow < height; firstRow += rowsPerStrip) {
    const endRow = Math.min(height, firstRow + rowsPerStrip);
    const top = Math.floor(corner.y + firstRow * step.y);
    const rows = Math.ceil(corner.y + endRow * step.y) - top;
    const strip = await readLevelWindow(reader, { level, x: left, y: top, width: columns, height: rows }, options);
    const window = { x: corner.x - left, y: corner.y - top, stepX: step.x, stepY: step.y };
    resampleArea(strip, window, { data: result.data, width, firstRow, endRow });
  }
  return result;
}
