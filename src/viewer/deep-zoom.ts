import { chooseLevel } from '../slide/read-resampled.ts';
import type { SlideLevel } from '../slide/slide.ts';

/** Tiles where the slide has no stored ones to pass on. */
const DEFAULT_TILE_SIZE = 512;
/** Stored tiles of other sizes are too small to be asked for one by one, or too large to wait for. */
const PASSED_SIZES = { min: 128, max: 1024 } as const;

/** The grid of a slide in Deep Zoom: no overlap, each level half of the next, the last is the slide itself. */
export interface DeepZoomGrid {
  readonly width: number;
  readonly height: number;
  readonly tileSize: number;
  /** Coarsest first: level 0 is one pixel. */
  readonly levels: readonly DeepZoomLevel[];
}

export interface DeepZoomLevel {
  /** Pixels: the slide's by 2^n, rounded up. */
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  /**
   * The slide's own level that has these pixels: its sides are these to less than one pixel, as scanners round down what
   * Deep Zoom rounds up. Undefined where none has, and pixels are means of a finer level.
   */
  readonly stored: number | undefined;
  /** Where it has to be made of a finer level whose pixels it has by blocks of `scale` x `scale`: that level of the slide. */
  readonly means: { readonly level: number; readonly scale: number } | undefined;
}

/** A tile's place in its level, in pixels. */
export interface TileBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Tiles are as large as the slide's stored ones where these are square and of a size to serve. */
export function createDeepZoomGrid(slide: {
  readonly width: number;
  readonly height: number;
  readonly levels: readonly SlideLevel[];
}): DeepZoomGrid {
  const { width, height } = slide;
  const tileSize = chooseTileSize(slide.levels[0]);
  const last = Math.ceil(Math.log2(Math.max(width, height, 1)));
  const stored = Array.from({ length: last + 1 }, (_, index) => {
    const scale = 2 ** (last - index);
    return findStored(slide.levels, { width: width / scale, height: height / scale });
  });
  const levels = stored.map((own, index): DeepZoomLevel => {
    const scale = 2 ** (last - index);
    const size = { width: Math.ceil(width / scale), height: Math.ceil(height / scale) };
    return {
      ...size,
      columns: Math.ceil(size.width / tileSize),
      rows: Math.ceil(size.height / tileSize),
      stored: own,
      means: own === undefined ? findMeans(slide.levels, stored, index) : undefined,
    };
  });
  return { width, height, tileSize, levels };
}

/** Undefined where the level has no such tile. */
export function getTileBox(
  { tileSize }: DeepZoomGrid,
  level: DeepZoomLevel,
  { col, row }: { col: number; row: number },
) {
  if (col >= level.columns || row >= level.rows) return undefined;
  const x = col * tileSize;
  const y = row * tileSize;
  const box: TileBox = {
    ...{ x, y },
    width: Math.min(tileSize, level.width - x),
    height: Math.min(tileSize, level.height - y),
  };
  return box;
}

function chooseTileSize(level: SlideLevel | undefined): number {
  const { tileWidth = 0, tileHeight = 0 } = level ?? {};
  const served = tileWidth === tileHeight && tileWidth >= PASSED_SIZES.min && tileWidth <= PASSED_SIZES.max;
  return served ? tileWidth : DEFAULT_TILE_SIZE;
}

function findStored(levels: readonly SlideLevel[], exact: { width: number; height: number }): number | undefined {
  // A level of a few pixels is "within one pixel" of anything.
  if (Math.min(exact.width, exact.height) < PASSED_SIZES.min) return undefined;
  const found = levels.findIndex(
    ({ width, height }) => Math.abs(width - exact.width) < 1 && Math.abs(height - exact.height) < 1,
  );
  return found < 0 ? undefined : found;
}

/** Undefined where a level that is no power of two is nearer: or where blocks would be larger than the level. */
function findMeans(
  levels: readonly SlideLevel[],
  stored: readonly (number | undefined)[],
  index: number,
): DeepZoomLevel['means'] {
  const finer = stored.findIndex((level, at) => at > index && level !== undefined);
  const level = stored[finer];
  const found = level === undefined ? undefined : levels[level];
  if (level === undefined || !found) return undefined;
  const scale = 2 ** (finer - index);
  const { x, y } = found.downsample;
  const nearest = chooseLevel(levels, { x: x * scale, y: y * scale }) === level;
  return nearest && Math.min(found.width, found.height) >= scale ? { level, scale } : undefined;
}
