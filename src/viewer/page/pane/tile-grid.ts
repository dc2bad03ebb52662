/** A pyramid whose levels may be any steps apart. */
export interface TileGrid {
  /** Pixels of the finest level. */
  readonly width: number;
  readonly height: number;
  readonly tileSize: number;
  /** Of each level, coarsest first: how many pixels of the finest one of its pixels covers on a side. */
  readonly downsamples: readonly number[];
}

/** A tile: `level` is a position in `downsamples`. */
export interface TileAt {
  readonly level: number;
  readonly col: number;
  readonly row: number;
}
