import type { MaskGrid, MaskRasterizer, MaskRule } from './annotation.ts';

/** What a value of a mask stands for. */
export interface MaskLabel {
  /** 1..255; 0 is what nobody drew. */
  readonly value: number;
  readonly name: string;
  readonly color?: readonly [red: number, green: number, blue: number] | undefined;
}

/** What every writer of masks is given. */
export interface MaskJob {
  readonly grid: MaskGrid;
  /** Paints the mask, or the same polygons at another downsample. */
  readonly createRasterizer: (grid: MaskGrid) => MaskRasterizer;
  readonly labels: readonly MaskLabel[];
  readonly rule: MaskRule;
  /** 8: labels. 1: drawn or not. */
  readonly bits: 1 | 8;
  /** Pixels a side of tiles and chunks, a multiple of 16. */
  readonly tileSize: number;
  /** Microns per mask pixel. */
  readonly mpp: { readonly x: number; readonly y: number } | undefined;
  /** Level-0 pixels of the slide. */
  readonly slide: { readonly width: number; readonly height: number };
  /** So many more tiles are done. @throws AbortedError where the caller's signal fired */
  readonly advance: (tiles: number) => void;
}

/** What a writer says it wrote. */
export interface WrittenMask {
  readonly bytes: number;
  /** Finest first. */
  readonly levels: readonly { readonly width: number; readonly height: number }[];
  /** Pixels of level 0 of each label that occurs, 0 among them. */
  readonly counts: ReadonlyMap<number, number>;
}

/** Tiles of all levels. */
export function countTiles(levels: readonly MaskGrid[], tileSize: number): number {
  return levels.reduce((sum, { width, height }) => sum + Math.ceil(width / tileSize) * Math.ceil(height / tileSize), 0);
}
