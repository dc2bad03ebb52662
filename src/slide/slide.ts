import type { Raster } from '../io/raster.ts';

/** Where a slide's microns per pixel come from, best first: `metadata` is the scanner's own word. */
export type MppSource = 'override' | 'metadata' | 'resolution-tag' | 'objective';

/** Microns per level-0 pixel, per axis. */
export interface Mpp {
  readonly x: number;
  readonly y: number;
  readonly source: MppSource;
}

export interface SlideLevel {
  /** Pixels of this level. */
  readonly width: number;
  readonly height: number;
  /** Level-0 pixels per pixel of this level, exact and per axis; never truncated to an integer. */
  readonly downsample: { readonly x: number; readonly y: number };
  /** Stored tiles; strips count as tiles as wide as the level. */
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly codec: string;
}

export interface SlideChannel {
  readonly name: string;
  /** Bits of a stored sample; regions are 8 bits always. */
  readonly bitDepth: number;
  /** Type of a stored sample where the slide says it: uint8, int8, uint16 ... */
  readonly type?: string;
  /** Red, green, blue, 0..255, where the slide has a colour for the channel. */
  readonly color?: readonly [red: number, green: number, blue: number];
}

/** A plane of a slide that has several focal planes or time points; each from 0. */
export interface SlidePlane {
  readonly z: number;
  readonly t: number;
}

/** Level-0 `x`, `y` of the top-left corner; `width` and `height` in pixels of `level`. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly level: number;
  readonly width: number;
  readonly height: number;
}

/** Level-0 `x`, `y` of the top-left corner (may be fractional); `width` and `height` in pixels of `mpp`. */
export interface MppRegion {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Microns per pixel of the result, on both axes. */
  readonly mpp: number;
}

export interface ReadRegionOptions {
  signal?: AbortSignal;
  /**
   * What to do about a stored tile that can't be read. Without it the first one throws its `TileError`.
   * With it the tile is left white, and the error is handed over: the caller decides, counts and reports.
   */
  onBadTile?: (error: import('../utils/errors.ts').TileError) => void;
}

/** The OpenSlide library that reads a slide, in place of slideloom's own formats. */
export interface OpenSlideInfo {
  readonly version: string;
  /** Path or name that it was loaded by. */
  readonly library: string;
}

/** A stored tile as the file has it. */
export interface EncodedTile {
  readonly data: Uint8Array;
  readonly codec: string;
  readonly width: number;
  readonly height: number;
}

/**
 * An open whole-slide image, immutable after opening: reads may run in parallel. Coordinates are level-0 pixels from the
 * top left. Outside the slide, and where a sparse file stores no tile, pixels are white; a tile that can't be decoded
 * raises `TileError`.
 */
export interface Slide extends Disposable, AsyncDisposable {
  /** Path or URL, for messages. */
  readonly name: string;
  /** Name of the `SlideFormat` that opened it, or of OpenSlide's vendor. */
  readonly format: string;
  /** Undefined where slideloom's own format reads it. */
  readonly openslide?: OpenSlideInfo | undefined;
  /** Level-0 pixels. */
  readonly width: number;
  readonly height: number;
  /** Finest first. */
  readonly levels: readonly SlideLevel[];
  readonly mpp: Mpp | undefined;
  /** Magnification of the scan's objective where the slide says it. */
  readonly objectivePower: number | undefined;
  readonly channels: readonly SlideChannel[];
  /** The plane that was chosen (`SlideOptions` z and t), where the slide has more than one. */
  readonly plane?: SlidePlane | undefined;
  /** Under OpenSlide's names where they exist. */
  readonly properties: ReadonlyMap<string, string>;
  /** Names for `readAssociatedImage`: label, macro, thumbnail where present. */
  readonly associatedImages: readonly string[];
  readonly iccProfile: Uint8Array | undefined;
  /** Size and modification time of the file behind it; of a remote one its ETag, where the server gives one. */
  readonly identity: {
    readonly size: number;
    readonly mtimeMs: number | undefined;
    readonly etag?: string | undefined;
  };
  /**
   * How other threads open it where it is remote.
   * @internal
   */
  readonly remote?: import('../io/source/remote-address.ts').RemoteAddress | undefined;

  /**
   * RGB pixels of one level. A corner that is not on a pixel of the level is rounded to the nearest one.
   * @throws LevelError, TileError, SlideClosedError, RangeError for sizes that are not positive integers.
   */
  readRegion(region: Region, options?: ReadRegionOptions): Promise<Raster>;
  /**
   * RGB pixels at exactly `mpp`: the coarsest level that is not coarser than asked is averaged by area; a corner between
   * pixels is honoured as a fraction. Finer than level 0 is magnified the same way.
   * Memory: the result, 24 MiB of sums, and the tiles in flight.
   * @throws MissingMppError without a pixel size.
   */
  readRegionAtMpp(region: MppRegion, options?: ReadRegionOptions): Promise<Raster>;
  /**
   * As `readRegionAtMpp`, but says how many level-0 pixels one result pixel spans, so that slides without mpp work too.
   */
  readRegionAtDownsample(
    region: { x: number; y: number; width: number; height: number; downsample: { x: number; y: number } },
    options?: ReadRegionOptions,
  ): Promise<Raster>;
  /** The whole slide, fitted into `maxSize` x `maxSize` pixels (never enlarged). */
  readThumbnail(maxSize: number, options?: ReadRegionOptions): Promise<Raster>;
  /** @throws RangeError for a name that is not in `associatedImages`. */
  readAssociatedImage(name: string): Promise<Raster>;
  /** Stored bytes of a tile, undecoded; `undefined` where a sparse file stores none. */
  readTile(level: number, col: number, row: number): Promise<EncodedTile | undefined>;
  /**
   * Where a level's stored tiles lie, for other threads to read them without opening the slide.
   * @returns undefined where the slide is no file of stored tiles.
   * @internal
   */
  getTileLayout?(level: number): Promise<import('./tile-layout.ts').TileLayout | undefined>;
  /**
   * `quickHash` of the file behind it, for run records.
   * @internal
   */
  computeQuickHash?(): Promise<string>;
  /** Idempotent. Anything else on a closed slide throws `SlideClosedError`. */
  close(): void;
}
