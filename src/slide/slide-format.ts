import type { Raster } from '../io/raster.ts';
import type { ByteSource } from '../io/source/byte-source.ts';
import type { Tiff } from '../io/tiff/open-tiff.ts';
import type { SlideSettings } from './settings.ts';
import type { EncodedTile, Mpp, SlideChannel, SlideLevel } from './slide.ts';
import type { TileLayout } from './tile-layout.ts';

/** One vendor's files. Formats are asked in the order of `formats.ts`; the first that says yes opens the slide. */
export interface SlideFormat {
  readonly name: string;
  /** False on foreign bytes; never throws for them. `tiff` is undefined where the bytes are no TIFF. */
  detect(source: ByteSource, tiff: Tiff | undefined): Promise<boolean>;
  /** @throws UnsupportedFormatError, TiffError */
  open(source: ByteSource, tiff: Tiff | undefined, settings: SlideSettings): Promise<SlideBacking>;
}

/** What a format gives; `createSlide` makes the `Slide` of it. The backing does not own the source. */
export interface SlideBacking {
  /** Finest first. */
  readonly levels: readonly BackingLevel[];
  readonly mpp: Mpp | undefined;
  readonly objectivePower: number | undefined;
  readonly channels: readonly SlideChannel[];
  /** The vendor's properties; `openslide.*` of levels and mpp are added by `createSlide`. */
  readonly properties: ReadonlyMap<string, string>;
  readonly associatedImages: ReadonlyMap<string, () => Promise<Raster>>;
  readonly iccProfile: Uint8Array | undefined;
}

/** One level: geometry, and access to its stored tiles. `undefined` is a tile that a sparse file leaves out. */
export interface BackingLevel extends SlideLevel {
  readonly columns: number;
  readonly rows: number;
  /** @throws CodecError, ShortReadError ...; the slide wraps them in `TileError`. */
  decodeTile(col: number, row: number): Promise<Raster | undefined>;
  readEncodedTile(col: number, row: number): Promise<EncodedTile | undefined>;
  /** Where the tiles lie in the file, but for path and level; absent where they don't lie in one. */
  describeTiles?(): Promise<Omit<TileLayout, 'path' | 'level'>>;
}
