import type { StreamHead } from './read-stream-head.ts';

/** Restart intervals of a JPEG as the tiles of a grid, row by row. */
export interface RestartGrid {
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly columns: number;
  readonly rows: number;
  /** Pieces that an interval is cut into where it is too wide for a JPEG: in `head` they lie below each other. 1 as a rule. */
  readonly folds: number;
  /** What stands before an interval's data to make a JPEG of it. */
  readonly head: Uint8Array;
}

/** Most pixels on an axis of a JPEG: its size is stored in 16 bits. */
const MAX_SIDE = 65_535;

/**
 * The grid in which the restart intervals of `stream` lie in a picture of `width` x `height` pixels: an interval is a part
 * of a row of coded units, one row, or some rows.
 * @returns undefined where they make no grid: there are none, they cross the ends of rows, or are too large for a JPEG
 */
export function createRestartGrid(
  stream: StreamHead,
  { width, height }: { width: number; height: number },
): RestartGrid | undefined {
  const { interval, unitWidth, unitHeight, separable } = stream;
  if (interval === 0 || !separable) return undefined;
  const across = Math.ceil(width / unitWidth);
  const down = Math.ceil(height / unitHeight);
  const columns = Math.max(1, across / interval);
  const rows = down / Math.max(1, interval / across);
  if (!Number.isInteger(columns) || !Number.isInteger(rows) || interval * columns * rows !== across * down)
    return undefined;
  const tileWidth = (across / columns) * unitWidth;
  const tileHeight = (down / rows) * unitHeight;
  const folds = chooseFolds(stream, tileWidth, tileHeight);
  if (!folds) return undefined;
  const head = Uint8Array.from(stream.bytes);
  const [foldWidth, foldHeight] = [tileWidth / folds, tileHeight * folds];
  head.set([foldHeight >> 8, foldHeight & 255, foldWidth >> 8, foldWidth & 255], stream.sizeAt);
  return { tileWidth, tileHeight, columns, rows, folds, head };
}

/**
 * A decoder takes coded units one after the other and cares little for how many make a row: half as many make two rows. Only
 * subsampled chroma shows it, as it is interpolated between neighbours.
 * @returns undefined where an interval is too large and can't be folded
 */
function chooseFolds({ unitWidth, unitHeight }: StreamHead, tileWidth: number, tileHeight: number): number | undefined {
  if (tileHeight > MAX_SIDE) return undefined;
  if (tileWidth <= MAX_SIDE) return 1;
  if (tileHeight > 8 || unitWidth > 8 || unitHeight > 8) return undefined;
  const units = tileWidth / 8;
  for (let folds = Math.ceil(tileWidth / MAX_SIDE); folds * 8 <= MAX_SIDE; folds++)
    if (units % folds === 0) return folds;
  return undefined;
}
