import type { MaskRasterizer } from './annotation.ts';

/** Neighbouring tiles of a row in each of which something is drawn. */
export interface CoveredRun {
  readonly row: number;
  readonly column: number;
  readonly tiles: number;
  /** Pixels of the mask, cut at its edge. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** Of the box; valid until the next run is asked for. */
  readonly labels: Uint8Array;
}

/** Row by row, at most `chunkSize` pixels wide (a tile at least). Memory: one run. */
export function* listCoveredRuns(
  rasterizer: MaskRasterizer,
  { tileSize, chunkSize }: { tileSize: number; chunkSize: number },
): Generator<CoveredRun, void, undefined> {
  const { grid } = rasterizer;
  const most = Math.max(1, Math.floor(Math.min(chunkSize, grid.width + tileSize) / tileSize));
  const columns = Math.ceil(grid.width / tileSize);
  const tile = new Uint8Array(tileSize * tileSize);
  const labels = new Uint8Array(most * tileSize * tileSize);
  for (let row = 0; row * tileSize < grid.height; row++) {
    let start = 0;
    for (let column = 0; column <= columns; column++) {
      const covered = column < columns && isCovered(rasterizer, { column, row, tileSize }, tile);
      if (covered && column - start < most) continue;
      if (column > start) yield paintRun(rasterizer, { row, start, end: column, tileSize }, labels);
      start = covered ? column : column + 1;
    }
  }
}

/** Whether any pixel of the tile is drawn. */
function isCovered(
  rasterizer: MaskRasterizer,
  { column, row, tileSize }: { column: number; row: number; tileSize: number },
  tile: Uint8Array,
): boolean {
  const box = getBox(rasterizer, { row, start: column, end: column + 1, tileSize });
  const labels = tile.subarray(0, box.width * box.height);
  const label = rasterizer.rasterize(box, labels);
  return label === undefined ? labels.some((one) => one !== 0) : label !== 0;
}

function paintRun(
  rasterizer: MaskRasterizer,
  run: { row: number; start: number; end: number; tileSize: number },
  buffer: Uint8Array,
): CoveredRun {
  const box = getBox(rasterizer, run);
  const labels = buffer.subarray(0, box.width * box.height);
  const label = rasterizer.rasterize(box, labels);
  if (label !== undefined) labels.fill(label);
  return { row: run.row, column: run.start, tiles: run.end - run.start, box, labels };
}

function getBox(
  { grid }: MaskRasterizer,
  { row, start, end, tileSize }: { row: number; start: number; end: number; tileSize: number },
) {
  const x = start * tileSize;
  const y = row * tileSize;
  return {
    x,
    y,
    width: Math.min(grid.width, end * tileSize) - x,
    height: Math.min(grid.height, y + tileSize) - y,
  };
}
