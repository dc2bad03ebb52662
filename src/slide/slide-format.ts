import type { ColorTable } from '../io/icc/srgb-table.ts';
import type { Raster } from '../io/raster.ts';
import type { SampleRaster } from '../io/sample-raster.ts';
import type { ByteSource, SourceIdentity } from '../io/source/byte-source.ts';
import type { Tiff } from '../io/tiff/open-tiff.ts';
import type { OptionError } from '../utils/errors.ts';
import type { SlideSettings } from './settings.ts';
import type {
  EncodedTile,
  Mpp,
  OpenSlideInfo,
  ShownChannels,
  SlideChannel,
  SlideIcc,
  SlideLevel,
  SlidePlane,
} from './slide.ts';
import type { TileLayout } from './tile-layout.ts';

/** One vendor's files. Formats are asked in the order of `formats.ts`; the first that says yes opens the slide. */
export interface SlideFormat {
  readonly name: string;
  /** It honours `z` and `t` of the settings; for other formats anything but 0 is refused. */
  readonly selectsPlanes?: boolean;
  /** False on foreign bytes; never throws for them. `tiff` is undefined where the bytes are no TIFF. */
  detect(source: ByteSource, tiff: Tiff | undefined): Promise<boolean>;
  /** @throws UnsupportedFormatError, TiffError */
  open(source: ByteSource, tiff: Tiff | undefined, settings: SlideSettings): Promise<SlideBacking>;
}

/** What a format gives; `createSlide` makes the `Slide` of it. The backing does not own the source. */
export interface SlideBacking {
  /** Path or address of the slide where that is not the source's: a folder, which is opened by a file in it. */
  readonly name?: string;
  /** Finest first. */
  readonly levels: readonly BackingLevel[];
  readonly mpp: Mpp | undefined;
  readonly objectivePower: number | undefined;
  readonly channels: readonly SlideChannel[];
  /** Where the slide has more than one plane. */
  readonly plane?: SlidePlane | undefined;
  /** The vendor's properties; `openslide.*` of levels and mpp are added by `createSlide`. */
  readonly properties: ReadonlyMap<string, string>;
  readonly associatedImages: ReadonlyMap<string, () => Promise<Raster>>;
  readonly iccProfile: Uint8Array | undefined;
  /** Set by `applyIcc`: what the settings made of the colours. */
  readonly icc?: SlideIcc;
  /** Set by `applyIcc`, where a profile is applied. */
  getColors?(): Promise<ColorTable>;
  /** Of all files of a slide that lies in several; the source's by default. */
  readonly identity?: SourceIdentity;
  /** All of them, of a slide that lies in several. */
  readonly files?: readonly string[];
  /** Where OpenSlide reads it; `properties` are then OpenSlide's own and complete. */
  readonly openslide?: OpenSlideInfo;
  /** Set by `createSlide`: what the settings chose to show. */
  readonly shown?: ShownChannels;
  /** Set by `createSlide`. */
  readonly background?: 'bright' | 'dark';
  /** Set by `createSlide`: why there are no pixels to show, only samples to read. */
  readonly unshown?: () => OptionError;
  /** Stands for the quick hash of the source, where that is not the slide's only file. */
  computeQuickHash?(): Promise<string>;
  /** Gives back what the backing has open beside the source; called once, when the slide is closed. */
  close?(): Promise<void>;
}

/** One level: geometry, and access to its stored tiles. `undefined` is a tile that a sparse file leaves out. */
export interface BackingLevel extends SlideLevel {
  readonly columns: number;
  readonly rows: number;
  /** @throws CodecError, ShortReadError ...; the slide wraps them in `TileError`. */
  decodeTile(col: number, row: number): Promise<Raster | undefined>;
  readEncodedTile(col: number, row: number): Promise<EncodedTile | undefined>;
  /**
   * Stored samples of one channel of a tile, whose positions are those of the slide's channels; absent where these are the
   * 8-bit ones of `decodeTile`. Errors as there.
   */
  readSamples?(channel: number, col: number, row: number): Promise<SampleRaster | undefined>;
  /** Absent where tiles are best decoded one by one. */
  readonly runs?: TileRuns;
  /** Where the tiles lie in a file; absent, or undefined where it turns out so, where they don't lie in one. */
  describeTiles?(): Promise<StoredTiles | undefined>;
}

/**
 * Tiles below each other that are decoded together, where tiles are a few rows high. A level made of another with other pixels
 * has runs of its own, or none.
 */
export interface TileRuns {
  /** Rows of tiles in a run: run `n` begins with tile row `n * length`. */
  readonly length: number;
  /**
   * Tiles `row` to `row + count - 1` of a column, from the top down, with the pixels of `decodeTile`. Rejects where one of them
   * can't be decoded: then they are read one by one.
   */
  decode(col: number, row: number, count: number): Promise<Raster>;
}

/** Positions of a level's tiles in the slide's file, or in the one that `path` names. */
export type StoredTiles = Omit<TileLayout, 'path' | 'level'> & { readonly path?: string };
