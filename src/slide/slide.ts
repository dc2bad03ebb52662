import type { Raster } from '../io/raster.ts';
import type { SampleRaster, SampleType } from '../io/sample-raster.ts';

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
  /** Bits of a stored sample; RGB regions are 8 bits always, those of a channel as stored. */
  readonly bitDepth: number;
  /** Type of a stored sample where the slide says it. */
  readonly type?: SampleType;
  /** Of pixels that are red, green and blue together: three channels to read, by these names. */
  readonly samples?: 3;
  /** The samples to show as black and as white, where the slide says so; as white and as black of an inverted one. */
  readonly range?: SampleWindow;
  /** The least samples are white. */
  readonly inverted?: true;
  /** Red, green, blue, 0..255, where the slide has a colour for the channel. */
  readonly color?: readonly [red: number, green: number, blue: number];
}

/** Samples that are shown as black and as white; between them it goes in a straight line. */
export type SampleWindow = readonly [low: number, high: number];

/** What `SlideOptions` chose to show. */
export interface ShownChannels {
  /** Position and name of the one that is shown, as grey; undefined where all are. */
  readonly channel?: number;
  readonly name?: string;
  readonly window?: SampleWindow | Readonly<Record<string, SampleWindow>>;
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

/** What `SlideOptions.icc` made of the colours. */
export interface SlideIcc {
  readonly target: 'srgb';
  /** SHA-256 of the profile that is applied; undefined where there is none to apply, and pixels are as stored. */
  readonly profile: string | undefined;
}

/** A region of one channel, by its position from 0 or its name. */
export interface ChannelRegion extends Region {
  readonly channel: number | string;
}

/** Stored samples of one channel: unscaled, rows from the top without padding. */
export interface ChannelRaster extends SampleRaster {
  /** Position of the channel, and its name. */
  readonly channel: number;
  readonly name: string;
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
  /** The channel or the windows that were chosen (`SlideOptions` channel and window). */
  readonly shown?: ShownChannels | undefined;
  /** `dark` where bright signals on black are shown: several channels together, or one of them. */
  readonly background?: 'bright' | 'dark';
  /** Under OpenSlide's names where they exist. */
  readonly properties: ReadonlyMap<string, string>;
  /** Names for `readAssociatedImage`: label, macro, thumbnail where present. */
  readonly associatedImages: readonly string[];
  /** As stored, whether it is applied or not. */
  readonly iccProfile: Uint8Array | undefined;
  /** Where `SlideOptions.icc` asked for other colours than those stored. */
  readonly icc?: SlideIcc | undefined;
  /** Size and modification time of the file behind it; of a remote one its ETag, where the server gives one. */
  readonly identity: {
    readonly size: number;
    readonly mtimeMs: number | undefined;
    readonly etag?: string | undefined;
  };
  /** Paths of all files that it lies in, as far as they are known; undefined where it is one. */
  readonly files?: readonly string[] | undefined;
  /**
   * How other threads open it where it is remote.
   * @internal
   */
  readonly remote?: import('../io/source/remote-address.ts').RemoteAddress | undefined;

  /**
   * Stored samples of one channel in one level, unscaled, of the type that the channel has; 0 outside the slide and where a
   * sparse file stores no tile, or white in a channel of RGB pixels. Memory: the result, and the tiles in flight.
   * @throws OptionError for a channel that the slide does not have; else as below.
   */
  readRegion(region: ChannelRegion, options?: ReadRegionOptions): Promise<ChannelRaster>;
  /**
   * RGB pixels of one level. A corner that is not on a pixel of the level is rounded to the nearest one.
   * @throws LevelError, TileError, SlideClosedError, RangeError for sizes that are not positive integers; OptionError where
   *   samples can't be shown without the option `window`.
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
  /**
   * Samples of one channel at any downsample: as stored where a level has it, else means by area, of integers the nearest.
   * @throws OptionError for a channel that the slide does not have; else as `readRegion`.
   */
  readChannelAtDownsample(
    region: {
      x: number;
      y: number;
      width: number;
      height: number;
      downsample: { x: number; y: number };
      channel: number | string;
    },
    options?: ReadRegionOptions,
  ): Promise<ChannelRaster>;
  /** The whole slide, fitted into `maxSize` x `maxSize` pixels (never enlarged). */
  readThumbnail(maxSize: number, options?: ReadRegionOptions): Promise<Raster>;
  /** @throws RangeError for a name that is not in `associatedImages`. */
  readAssociatedImage(name: string): Promise<Raster>;
  /** Stored bytes of a tile, undecoded; `undefined` where a sparse file stores none. */
  readTile(level: number, col: number, row: number): Promise<EncodedTile | undefined>;
  /**
   * Decodes all that is stored for a tile, past the cache, and keeps nothing: false where a sparse file stores none.
   * @throws TileError, SlideClosedError, LevelError, RangeError
   * @internal
   */
  checkTile?(level: number, col: number, row: number): Promise<boolean>;
  /**
   * Where a level's stored tiles lie, for other threads to read them without opening the slide.
   * @returns undefined where the slide is no file of stored tiles.
   * @internal
   */
  getTileLayout?(level: number): Promise<import('./tile-layout.ts').TileLayout | undefined>;
  /**
   * What pixels are converted by (`icc`), for other threads that open the slide.
   * @internal
   */
  getColors?(): Promise<import('../io/icc/srgb-table.ts').ColorTable | undefined>;
  /**
   * `quickHash` of the file behind it, for run records.
   * @internal
   */
  computeQuickHash?(): Promise<string>;
  /** Idempotent. Anything else on a closed slide throws `SlideClosedError`. */
  close(): void;
}
