import { BACKGROUND } from '../../io/raster.ts';
import type { TileLayout } from '../tile-layout.ts';
import { fillRect } from './fill-rect.ts';

/** Where pixels lie: `bytes` may be a view of WebAssembly memory, which goes stale when that grows. */
export interface BandMemory {
  readonly bytes: () => Uint8Array;
  /** First byte of the band in `bytes()`. */
  readonly address: number;
  /** Bytes that the band may use. */
  readonly length: number;
}

/** Puts the pixels of a stored tile, RGB, at `address` with `pitch` bytes a row. */
export interface BandTileReader {
  /** `false`: a sparse file stores no such tile. Throws, or rejects, what the tile's error is. */
  readTile(at: { col: number; row: number; address: number; pitch: number }): boolean | Promise<boolean>;
}

/** A window of the level in its own pixels; it may reach past the level on every side. */
export interface BandWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type TileState = 'missing' | 'ready' | { readonly error: unknown };

/**
 * A stretch of tile columns of one level that slides down the level, holding the tile rows that the last window needs. Each
 * tile is read once, straight into its place, when the first window asks for it. Around the level, and where a tile is
 * sparse or bad, the band is white.
 */
export class Band {
  readonly #layout: TileLayout;
  readonly #memory: BandMemory;
  readonly #tiles: BandTileReader;
  readonly #firstCol: number;
  readonly #cols: number;
  readonly #rows: number;
  #topRow = Number.NaN;
  #states: TileState[][] = [];

  /** Columns [left, right) of level pixels; windows of at most `height` rows. */
  constructor(
    layout: TileLayout,
    extent: { left: number; right: number; height: number },
    parts: { memory: BandMemory; tiles: BandTileReader },
  ) {
    this.#layout = layout;
    this.#memory = parts.memory;
    this.#tiles = parts.tiles;
    const shape = computeBandShape(layout, extent);
    this.#firstCol = shape.firstCol;
    this.#cols = shape.cols;
    this.#rows = shape.rows;
    if (shape.bytes > parts.memory.length)
      throw new RangeError(`a band of ${shape.bytes} bytes, ${parts.memory.length} are free`);
  }

  /** Bytes from one row of pixels to the next. */
  get pitch(): number {
    return this.#cols * this.#layout.tileWidth * 3;
  }

  /** Position in the memory of level pixel (x, y), which the last `cover` must have covered. */
  locate(x: number, y: number): number {
    const { tileWidth, tileHeight } = this.#layout;
    const row = y - this.#topRow * tileHeight;
    const col = x - this.#firstCol * tileWidth;
    return this.#memory.address + row * this.pitch + col * 3;
  }

  /**
   * Makes a window's pixels available and says which of its tiles are bad. Synchronous as long as its tiles are: a promise
   * comes back only where a tile needs one.
   */
  cover(window: BandWindow): BadBandTile[] | Promise<BadBandTile[]> {
    const { tileWidth, tileHeight } = this.#layout;
    const top = Math.floor(window.y / tileHeight);
    const bottom = Math.floor((window.y + window.height - 1) / tileHeight);
    const left = Math.floor(window.x / tileWidth);
    const right = Math.floor((window.x + window.width - 1) / tileWidth);
    this.#slideTo(top);
    const pending: Promise<void>[] = [];
    for (let row = top; row <= bottom; row++) {
      for (let col = left; col <= right; col++) {
        const loading = this.#load(col, row);
        if (loading) pending.push(loading);
      }
    }
    const list = () => this.#listBad({ top, bottom, left, right });
    return pending.length > 0 ? Promise.all(pending).then(list) : list();
  }

  /** Keeps the tile rows that both positions share, by moving them up. */
  #slideTo(top: number): void {
    const shift = top - this.#topRow;
    if (shift === 0) return;
    this.#topRow = top;
    const kept = shift > 0 && shift < this.#rows ? this.#states.slice(shift) : [];
    if (kept.some((row) => row.some((state) => state !== 'missing'))) {
      const rowBytes = this.pitch * this.#layout.tileHeight;
      const { address } = this.#memory;
      this.#memory.bytes().copyWithin(address, address + shift * rowBytes, address + this.#rows * rowBytes);
    }
    const fresh = Array.from({ length: this.#rows - kept.length }, () =>
      new Array<TileState>(this.#cols).fill('missing'),
    );
    this.#states = [...kept, ...fresh];
  }

  #load(col: number, row: number): Promise<void> | undefined {
    const states = this.#states[row - this.#topRow];
    const index = col - this.#firstCol;
    if (!states) return undefined;
    if (states[index] !== 'missing') return undefined;
    const { columns, rows } = this.#layout;
    if (col < 0 || row < 0 || col >= columns || row >= rows) {
      this.#paint(col, row);
      states[index] = 'ready';
      return undefined;
    }
    const settle = (stored: boolean) => {
      if (stored) this.#paintPadding(col, row);
      else this.#paint(col, row);
      states[index] = 'ready';
    };
    const fail = (error: unknown) => {
      this.#paint(col, row);
      states[index] = { error };
    };
    try {
      const stored = this.#tiles.readTile({ col, row, address: this.#place(col, row), pitch: this.pitch });
      if (typeof stored !== 'boolean') return stored.then(settle, fail);
      settle(stored);
    } catch (error) {
      fail(error);
    }
    return undefined;
  }

  #place(col: number, row: number): number {
    return this.locate(col * this.#layout.tileWidth, row * this.#layout.tileHeight);
  }

  /** The whole tile white. */
  #paint(col: number, row: number): void {
    const { tileWidth: width, tileHeight: height } = this.#layout;
    const at = { address: this.#place(col, row), pitch: this.pitch };
    fillRect(this.#memory.bytes(), { ...at, width, height }, BACKGROUND);
  }

  /** What the last tiles hold beyond the level's edge. */
  #paintPadding(col: number, row: number): void {
    const { tileWidth, tileHeight, width, height } = this.#layout;
    const inside = { width: width - col * tileWidth, height: height - row * tileHeight };
    if (inside.width >= tileWidth && inside.height >= tileHeight) return;
    const bytes = this.#memory.bytes();
    const { pitch } = this;
    const address = this.#place(col, row);
    if (inside.width < tileWidth) {
      const at = address + inside.width * 3;
      fillRect(bytes, { address: at, pitch, width: tileWidth - inside.width, height: tileHeight }, BACKGROUND);
    }
    if (inside.height < tileHeight) {
      const at = address + inside.height * pitch;
      fillRect(bytes, { address: at, pitch, width: tileWidth, height: tileHeight - inside.height }, BACKGROUND);
    }
  }

  #listBad(box: { top: number; bottom: number; left: number; right: number }): BadBandTile[] {
    const bad: BadBandTile[] = [];
    for (let row = box.top; row <= box.bottom; row++) {
      for (let col = box.left; col <= box.right; col++) {
        const state = this.#states[row - this.#topRow]?.[col - this.#firstCol];
        if (typeof state === 'object') bad.push({ col, row, error: state.error });
      }
    }
    return bad;
  }
}

/** A tile that can't be read, and why. */
export interface BadBandTile {
  readonly col: number;
  readonly row: number;
  readonly error: unknown;
}

/** Tiles and bytes of a band over columns [left, right) whose windows are at most `height` rows high. */
export function computeBandShape(
  { tileWidth, tileHeight }: Pick<TileLayout, 'tileWidth' | 'tileHeight'>,
  { left, right, height }: { left: number; right: number; height: number },
): { firstCol: number; cols: number; rows: number; bytes: number } {
  const firstCol = Math.floor(left / tileWidth);
  const cols = Math.floor((right - 1) / tileWidth) - firstCol + 1;
  // A window that begins on the last row of a tile touches one tile row more than its height says.
  const rows = Math.floor((height + tileHeight - 2) / tileHeight) + 1;
  return { firstCol, cols, rows, bytes: cols * tileWidth * 3 * rows * tileHeight };
}
