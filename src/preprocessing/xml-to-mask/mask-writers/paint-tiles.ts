import type { MaskRasterizer } from '../annotation.ts';
import { createPixelRuns, findRuns, type PixelRuns } from '../kernels/pixel-runs.ts';

/** A tile of a mask. */
export interface PaintedTile {
  readonly column: number;
  readonly row: number;
  /** The label that all its pixels have, or undefined where they differ. */
  readonly label: number | undefined;
  /**
   * Labels of `size` x `size` pixels, row by row, 0 beyond the mask; valid until the next tile is asked for. Stale where
   * `label` is given.
   */
  readonly runs: PixelRuns;
  /** Pixels of it that are of the mask. */
  readonly inside: number;
}

/** The tiles of a mask, row by row. Memory: one tile. */
export function* paintTiles(rasterizer: MaskRasterizer, size: number): Generator<PaintedTile, void, undefined> {
  const { grid } = rasterizer;
  const pixels = new Uint8Array(size * size);
  const part = new Uint8Array(size * size);
  const runs = createPixelRuns();
  for (let row = 0; row * size < grid.height; row++) {
    const height = Math.min(size, grid.height - row * size);
    for (let column = 0; column * size < grid.width; column++) {
      const width = Math.min(size, grid.width - column * size);
      const box = { x: column * size, y: row * size, width, height };
      const inside = width * height;
      let label: number | undefined;
      if (rasterizer.findRuns && inside === size * size) label = rasterizer.findRuns(box, { runs, spare: pixels });
      else {
        label = rasterizer.rasterize(box, part.subarray(0, inside));
        if (label === undefined) findRuns(widen(part, width, { pixels, size, height }), runs);
      }
      yield { column, row, label, runs, inside };
    }
  }
}

function widen(
  part: Uint8Array,
  width: number,
  { pixels, size, height }: { pixels: Uint8Array; size: number; height: number },
): Uint8Array {
  pixels.fill(0);
  for (let y = 0; y < height; y++) pixels.set(part.subarray(y * width, (y + 1) * width), y * size);
  return pixels;
}
