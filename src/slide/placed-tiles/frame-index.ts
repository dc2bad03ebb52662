import type { BackingLevel } from '../slide-format.ts';

/** A rectangle of stored frames, and where each of them lies on the level. */
export interface PlacedArea {
  /** Where the tiles are stored. */
  readonly stored: BackingLevel;
  /** Frames along each side of a stored tile: 1 where a tile is a frame, 2 where it holds four of them, and so on. */
  readonly split: number;
  /** The area's first frame on the stored grid of frames. */
  readonly firstCol: number;
  readonly firstRow: number;
  /** Frames of the area. */
  readonly columns: number;
  readonly rows: number;
  /** Whole pixels of the level, for a frame counted from the area's first. May lie outside the level. */
  readonly getCorner: (col: number, row: number) => { readonly left: number; readonly top: number };
}

/** A frame on a composed level: the part of a stored tile, and where it lies. */
export interface PlacedFrame {
  /** Number of its area. */
  readonly area: number;
  readonly tileCol: number;
  readonly tileRow: number;
  /** Inside the stored tile. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** On the level. */
  readonly left: number;
  readonly top: number;
}

interface Grid {
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly columns: number;
  readonly rows: number;
}

/** Which frames lie under each tile of a grid. */
export interface FrameIndex {
  /** In the order of drawing. */
  list(col: number, row: number): Generator<PlacedFrame>;
}

/**
 * Sorts the frames of all areas by the tiles of the grid that they touch. A frame is no larger than a tile, so it touches four
 * at most: 4 bytes for each tile of the grid and up to 16 for each frame.
 */
export function createFrameIndex(areas: readonly PlacedArea[], grid: Grid): FrameIndex {
  const starts = new Uint32Array(grid.columns * grid.rows + 1);
  for (const { frame } of listFrames(areas)) {
    for (const cell of listCells(frame, grid)) starts[cell + 1] = (starts[cell + 1] ?? 0) + 1;
  }
  for (let cell = 1; cell < starts.length; cell++) starts[cell] = (starts[cell] ?? 0) + (starts[cell - 1] ?? 0);
  const numbers = new Uint32Array(starts.at(-1) ?? 0);
  const next = starts.slice(0, -1);
  for (const { frame, number } of listFrames(areas)) {
    for (const cell of listCells(frame, grid)) {
      const at = next[cell] ?? 0;
      numbers[at] = number;
      next[cell] = at + 1;
    }
  }
  return {
    *list(col, row) {
      const cell = row * grid.columns + col;
      for (let at = starts[cell] ?? 0; at < (starts[cell + 1] ?? 0); at++) yield getFrame(areas, numbers[at] ?? 0);
    },
  };
}

function* listFrames(areas: readonly PlacedArea[]): Generator<{ frame: PlacedFrame; number: number }> {
  let first = 0;
  for (const { columns, rows } of areas) {
    const count = columns * rows;
    for (let i = 0; i < count; i++) yield { frame: getFrame(areas, first + i), number: first + i };
    first += count;
  }
}

function getFrame(areas: readonly PlacedArea[], number: number): PlacedFrame {
  let area = 0;
  let inside = number;
  for (const { columns, rows } of areas) {
    if (inside < columns * rows) break;
    inside -= columns * rows;
    area++;
  }
  const placed = areas[area];
  if (!placed) throw new RangeError(`no placed frame ${number}`);
  const { stored, split, firstCol, firstRow, columns, getCorner } = placed;
  const [col, row] = [inside % columns, Math.floor(inside / columns)];
  const across = cut(firstCol + col, split, stored.tileWidth);
  const down = cut(firstRow + row, split, stored.tileHeight);
  return {
    area,
    tileCol: across.tile,
    tileRow: down.tile,
    x: across.from,
    y: down.from,
    // The last stored tiles reach past their image and hold padding there.
    width: Math.min(across.to, stored.width - across.tile * stored.tileWidth) - across.from,
    height: Math.min(down.to, stored.height - down.tile * stored.tileHeight) - down.from,
    ...getCorner(col, row),
  };
}

/** Along one axis: the stored tile that holds a frame, and where in it, on whole pixels. */
function cut(frame: number, split: number, tileSize: number): { tile: number; from: number; to: number } {
  const part = frame % split;
  return {
    tile: Math.floor(frame / split),
    from: Math.round((part * tileSize) / split),
    to: Math.round(((part + 1) * tileSize) / split),
  };
}

function* listCells(frame: PlacedFrame, { tileWidth, tileHeight, columns, rows }: Grid): Generator<number> {
  if (frame.width <= 0 || frame.height <= 0) return;
  const lastCol = Math.min(columns - 1, Math.floor((frame.left + frame.width - 1) / tileWidth));
  const lastRow = Math.min(rows - 1, Math.floor((frame.top + frame.height - 1) / tileHeight));
  for (let row = Math.max(0, Math.floor(frame.top / tileHeight)); row <= lastRow; row++) {
    for (let col = Math.max(0, Math.floor(frame.left / tileWidth)); col <= lastCol; col++) yield row * columns + col;
  }
}
