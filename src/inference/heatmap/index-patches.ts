import type { ScoredBoxes } from './kernels/score-cells.ts';

/** A grid of tiles, and level-0 pixels that each spans. */
export interface TileGrid {
  readonly columns: number;
  readonly rows: number;
  readonly spanX: number;
  readonly spanY: number;
}

/** The patches that reach into a tile, by number from the first; an empty list where none does. */
export type PatchIndex = (column: number, row: number) => Uint32Array;

/**
 * Lists patches by tile: 4 bytes for each tile that a patch reaches into, and 4 a tile.
 * @param reach how far a patch has a say beyond its sides, in shares of its width and height
 */
export function indexPatches(boxes: ScoredBoxes, grid: TileGrid, reach = 0): PatchIndex {
  const { columns, rows, spanX, spanY } = grid;
  const starts = new Uint32Array(columns * rows + 1);
  const visit = (use: (tile: number, patch: number) => void) => {
    for (let patch = 0; patch < boxes.x.length; patch++) {
      const [width, height] = [boxes.width[patch] ?? 0, boxes.height[patch] ?? 0];
      const x = findTiles({ from: boxes.x[patch] ?? 0, size: width, reach: width * reach }, spanX, columns);
      const y = findTiles({ from: boxes.y[patch] ?? 0, size: height, reach: height * reach }, spanY, rows);
      for (let row = y.from; row < y.end; row++)
        for (let column = x.from; column < x.end; column++) use(row * columns + column, patch);
    }
  };
  visit((tile) => {
    starts[tile + 1] = (starts[tile + 1] ?? 0) + 1;
  });
  for (let tile = 0; tile < columns * rows; tile++) starts[tile + 1] = (starts[tile + 1] ?? 0) + (starts[tile] ?? 0);
  const patches = new Uint32Array(starts[columns * rows] ?? 0);
  const next = starts.slice();
  visit((tile, patch) => {
    const at = next[tile] ?? 0;
    patches[at] = patch;
    next[tile] = at + 1;
  });
  return (column, row) => {
    const tile = row * columns + column;
    return patches.subarray(starts[tile], starts[tile + 1]);
  };
}

function findTiles({ from, size, reach }: { from: number; size: number; reach: number }, span: number, count: number) {
  return {
    from: Math.max(0, Math.floor((from - reach) / span)),
    end: Math.min(count, Math.ceil((from + size + reach) / span)),
  };
}
