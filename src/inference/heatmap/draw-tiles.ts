import { indexPatches } from './index-patches.ts';
import type { CellColors } from './kernels/color-cells.ts';
import { colorCells } from './kernels/color-cells.ts';
import { type CellWindow, createScoreCells, fillScoreCells, type ScoredBoxes } from './kernels/score-cells.ts';

/** What is drawn on every picture of a slide. */
export interface Drawing {
  readonly boxes: ScoredBoxes;
  readonly colors: CellColors;
  readonly smooth: boolean;
}

/** A level of an overlay; each of its pixels spans so many level-0 pixels of the slide, from the slide's corner. */
export interface OverlayLevel {
  readonly width: number;
  readonly height: number;
  readonly downsample: { readonly x: number; readonly y: number };
}

export interface DrawnTile {
  readonly column: number;
  readonly row: number;
  /** Pixels inside of the level. */
  readonly width: number;
  readonly height: number;
  /**
   * width x height pixels of red, green, blue and alpha, until the next tile is drawn; undefined where all are transparent.
   */
  readonly pixels: Uint8Array | undefined;
}

/** How far a tent reaches beyond its patch, in its widths; see `fillScoreCells`. */
const TENT_REACH = 0.5;

/** All tiles of a level, row by row. Memory: a tile, and the list of patches by tile. */
export function* drawTiles(drawing: Drawing, level: OverlayLevel, size: number): Generator<DrawnTile> {
  const { boxes, colors, smooth } = drawing;
  const { width, height, downsample } = level;
  const [columns, rows] = [Math.ceil(width / size), Math.ceil(height / size)];
  const grid = { columns, rows, spanX: size * downsample.x, spanY: size * downsample.y };
  const find = indexPatches(boxes, grid, smooth ? TENT_REACH : 0);
  const cells = createScoreCells(size * size);
  const out = new Uint8Array(size * size * 4);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const place = { left: column * size, top: row * size };
      const shape = { width: Math.min(size, width - place.left), height: Math.min(size, height - place.top) };
      const patches = find(column, row);
      const pixels = shape.width * shape.height;
      let drawn = false;
      if (patches.length > 0) {
        const window: CellWindow = { ...place, ...shape, downsample };
        fillScoreCells(cells, boxes, { window, patches, smooth });
        drawn = colorCells(cells, colors, { pixels, out });
      }
      yield { column, row, ...shape, pixels: drawn ? out.subarray(0, pixels * 4) : undefined };
    }
  }
}

/** From all of the slide at `downsample`, halves until one tile holds it, or until one pixel does. */
export function listLevels(
  slide: { readonly width: number; readonly height: number },
  { downsample, until }: { readonly downsample: number; readonly until: number },
): OverlayLevel[] {
  const levels: OverlayLevel[] = [];
  for (let step = downsample; ; step *= 2) {
    const level = { width: Math.ceil(slide.width / step), height: Math.ceil(slide.height / step) };
    levels.push({ ...level, downsample: { x: step, y: step } });
    if (Math.max(level.width, level.height) <= until) return levels;
  }
}

export function countTiles(levels: readonly OverlayLevel[], size: number): number {
  return levels.reduce((sum, { width, height }) => sum + Math.ceil(width / size) * Math.ceil(height / size), 0);
}
