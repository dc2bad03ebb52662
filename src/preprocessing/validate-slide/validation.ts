import type { IccSummary } from '../../io/icc/describe-profile.ts';
import type { Mpp, SlidePlane } from '../../slide/slide.ts';

/** A stored tile that can't be read. */
export interface TileFault {
  readonly level: number;
  readonly col: number;
  readonly row: number;
  /** What it covers, in level-0 pixels from the top left, cut at the slide's edge. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Tag of the error behind it; `unexpected` for one that is not slideloom's. */
  readonly tag: string;
  readonly cause: string;
}

/** How one level fared. */
export interface LevelValidation {
  readonly level: number;
  /** Pixels of the level. */
  readonly width: number;
  readonly height: number;
  readonly downsample: { readonly x: number; readonly y: number };
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly codec: string;
  readonly columns: number;
  readonly rows: number;
  /** Tiles that were read, the bad ones among them. */
  readonly read: number;
  readonly bad: number;
  /** Tiles that the file leaves out, which are white; where a level has no table of tiles, those that were looked for. */
  readonly missing: number;
  /** Encoded bytes of all its tiles; null where there is no table of them. */
  readonly storedBytes: number | null;
}

/** `problem`: the slide is damaged. `warning`: it may be wrong, or misread. `note`: good to know. */
export type FindingKind = 'problem' | 'warning' | 'note';

export type FindingCode =
  | 'associated-image'
  | 'icc-profile'
  | 'level-missing'
  | 'level-mismatch'
  | 'level-order'
  | 'level-shape'
  | 'mpp-axes'
  | 'mpp-estimated'
  | 'mpp-missing'
  | 'mpp-objective'
  | 'notice'
  | 'planes'
  | 'slide-size';

/** What was found beside bad tiles. */
export interface Finding {
  readonly kind: FindingKind;
  readonly code: FindingCode;
  readonly message: string;
  /** Where it is one level's. */
  readonly level?: number;
}

export interface AssociatedImageCheck {
  readonly name: string;
  /** Pixels; null where it can't be read. */
  readonly width: number | null;
  readonly height: number | null;
  /** Why it can't be read. */
  readonly error: string | null;
}

/** What `validateSlide` found, fit for JSON. */
export interface SlideValidation {
  readonly path: string;
  readonly format: string;
  /** Version of OpenSlide where that reads the slide. */
  readonly openslide: string | null;
  /** `bad`: a tile or an associated image can't be read. `stopped`: nothing is bad so far, and not all was looked at. */
  readonly status: 'good' | 'bad' | 'stopped';
  /** False where the signal ended it. */
  readonly complete: boolean;
  /** Level-0 pixels. */
  readonly width: number;
  readonly height: number;
  readonly mpp: Mpp | null;
  /** The plane that was looked at, where the slide has several. */
  readonly plane: SlidePlane | null;
  readonly tiles: {
    /** Positions in the grids of all levels. */
    readonly total: number;
    /** How many were to be read. */
    readonly chosen: number;
    readonly read: number;
    readonly bad: number;
    readonly missing: number;
  };
  /** Null where every tile was to be read. */
  readonly sample: { readonly asked: number; readonly seed: number } | null;
  readonly levels: readonly LevelValidation[];
  /** By level, row and column; the first `MOST_LISTED`. */
  readonly badTiles: readonly TileFault[];
  readonly associatedImages: readonly AssociatedImageCheck[];
  readonly iccProfile: IccSummary | null;
  readonly findings: readonly Finding[];
  /** What differs between two runs. */
  readonly volatile: {
    /** Of the whole validation. */
    readonly seconds: number;
    /** Over the time that tiles were read. */
    readonly tilesPerSecond: number | null;
  };
}

/** Bad tiles that a validation lists; it counts all of them. */
export const MOST_LISTED = 10_000;
