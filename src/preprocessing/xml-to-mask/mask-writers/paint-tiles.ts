import type { MaskRasterizer } from '../annotation.ts';

/** A tile of a mask, row by row. */
export interface PaintedTile {
  readonly column: number;
  readonly row: number;
  /** The label that all its pixels have, or undefined where they differ. */
  readonly label: number | undefined;
  /** `size` x `size` labels, 0 beyond the mask; valid until the next tile is asked for. Stale where `label` is given. */
  readonly pixels: Uint8Array;
  /** Pixels of it that are of the mask. */
  readonly inside: number;
}

/** The tiles of a mask, row by row. Memory: one tile. */
export function* paintTiles(rasterizer: MaskRasterizer, size: number): Generator<PaintedTile, void, undefined> {
  const { grid } = rasterizer;
  const pixels = new Uint8Array(size * size);
  const part = new Uint8Array(size * size);
  for (let row = 0; row * size < grid.height; row++) {
    const height = Math.min(size, grid.height - row * size);
    for (let column = 0; column * size < grid.width; column++) {
      const width = Math.min(size, grid.width - column * size);
      const target = width === size ? pixels : part;
      const box = { x: column * size, y: row * size, width, height };
      const label = rasterizer.rasterize(box, target.subarray(0, width * height));
      if (label === undefined && width < size) widen(part, width, { pixels, size, height });
      if (label === undefined) pixels.fill(0, height * size);
      yield { column, row, label, pixels, inside: width * height };
    }
  }
}

function widen(
  part: Uint8Array,
  width: number,
  { pixels, size, height }: { pixels: Uint8Array; size: number; height: number },
): void {
  pixels.fill(0);
  for (let y = 0; y < height; y++) pixels.set(part.subarray(y * width, (y + 1) * width), y * size);
}
