/** What goes wrong with a slide that is open. */
import { SlideloomError } from './slideloom-error.ts';

/** One stored tile can't be read or decoded. `col` and `row` count tiles of `level` from the top left. */
export class TileError extends SlideloomError {
  readonly tag = 'tile';
  readonly slide: string;
  readonly level: number;
  readonly col: number;
  readonly row: number;
  constructor(at: { slide: string; level: number; col: number; row: number }, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${at.slide}: level ${at.level}, tile column ${at.col}, row ${at.row} can't be read: ${why}`, {
      cause,
      hint: 'choose --on-bad-tile skip (leave such patches out) or white (paint the tile white); both list every bad tile',
    });
    this.slide = at.slide;
    this.level = at.level;
    this.col = at.col;
    this.row = at.row;
  }
}

/** A level was asked for that the slide does not have. */
export class LevelError extends SlideloomError {
  readonly tag = 'level';
  readonly slide: string;
  readonly level: number;
  constructor(slide: string, level: number, levelCount: number) {
    super(`${slide}: level ${level} does not exist, the slide has levels 0 to ${levelCount - 1}`);
    this.slide = slide;
    this.level = level;
  }
}

/** A slide was used after `close()`. */
export class SlideClosedError extends SlideloomError {
  readonly tag = 'slide-closed';
  readonly slide: string;
  constructor(slide: string) {
    super(`${slide}: the slide is closed`);
    this.slide = slide;
  }
}

/** A stage works in microns and the slide says nothing of its pixel size. */
export class MissingMppError extends SlideloomError {
  readonly tag = 'missing-mpp';
  readonly slide: string;
  /** Microns per pixel that the slide's objective suggests. */
  readonly estimate: number | undefined;
  constructor(
    slide: string,
    stage: string,
    { objectivePower, estimate }: { objectivePower?: number | undefined; estimate?: number | undefined } = {},
  ) {
    const would =
      estimate === undefined
        ? 'which needs an objective, and the slide names none that says anything'
        : `an estimate, here ${Math.round(estimate * 10_000) / 10_000} µm from the ${objectivePower}x objective`;
    super(`${slide}: ${stage} needs microns per pixel and the slide has none`, {
      hint:
        'give --mpp 0.25 (library: mpp), or --mpp-csv FILE with the columns slide,mpp, or --mpp-from-objective ' +
        `(library: mppFromObjective), ${would}`,
    });
    this.slide = slide;
    this.estimate = estimate;
  }
}
