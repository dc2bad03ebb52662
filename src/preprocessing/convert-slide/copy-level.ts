import { COMPRESSION } from '../../io/tiff/tags.ts';
import { blankJpeg2000Notes } from '../../io/tiff/writer/blank-jpeg2000-notes.ts';
import { blankWebpNotes } from '../../io/tiff/writer/blank-webp-notes.ts';
import { stripJpegNotes } from '../../io/tiff/writer/strip-jpeg-notes.ts';
import type { StoredBlock, TiffWriterDirectory } from '../../io/tiff/writer/tiff-writer.ts';
import type { Slide } from '../../slide/slide.ts';
import type { TileLayout } from '../../slide/tile-layout.ts';
import { isSlideloomError, TileError } from '../../utils/errors.ts';
import { createStoredTileCheck } from './check-stored-tile.ts';
import type { Conversion } from './conversion.ts';
import type { CopiedTiles } from './describe-copy.ts';
import { encodeBlankTile } from './encode-blank-tile.ts';

/** Reads under way: enough to keep a disk or a server busy. */
const MAX_IN_FLIGHT = 16;
const BYTES_IN_FLIGHT = 32 * 2 ** 20;
/** Taking out of a tile what is no picture. */
type Stripper = (tile: Uint8Array) => Uint8Array;

const STRIPPERS: Readonly<Record<number, Stripper>> = {
  [COMPRESSION.Jpeg]: stripJpegNotes,
  [COMPRESSION.Jpeg2000]: blankJpeg2000Notes,
  [COMPRESSION.Jpeg2000Lossy]: blankJpeg2000Notes,
  [COMPRESSION.Jpeg2000Rgb]: blankJpeg2000Notes,
  [COMPRESSION.Jpeg2000Ycbcr]: blankJpeg2000Notes,
  [COMPRESSION.Webp]: blankWebpNotes,
};

/** Positions that are remembered: sources that store the tile of bare glass once name it over and over. */
const MAX_KNOWN = 1024;

/**
 * Copies the stored tiles of a level, undecoded and in their order. Where the source lacks a tile, or a bad one is to be
 * white, a white one is written, or none where its codec is not written here.
 * @throws TileError, OutputError, RemoteError, AbortedError
 */
export async function copyLevel(
  conversion: Conversion,
  { layout, encoding }: CopiedTiles,
  directory: TiffWriterDirectory,
): Promise<void> {
  const { slide, settings, badTiles } = conversion;
  const check = settings.checkCopies ? createStoredTileCheck(layout) : () => {};
  const strip = (settings.stripMetadata && STRIPPERS[layout.compression]) || keep;
  const known: KnownTiles = new Map();
  const writeBlank = createBlankWriter({ layout, encoding }, directory);
  for await (const stored of readStoredTiles(slide, layout, known)) {
    conversion.checkAborted();
    const { index, offset, length } = stored;
    const twin = stored.twin ?? findTwin(known, stored);
    if (twin) directory.place(index, twin);
    else {
      const tile = await settle(stored, { layout, slide, check, strip }).catch((error: unknown) => {
        badTiles.take(error);
        return undefined;
      });
      if (tile) remember(known, offset, { length, block: await directory.write(index, tile) });
      else await writeBlank(index);
    }
    conversion.advance(1);
  }
}

/** Tiles that are in the output already, by their position in the source, with their length there. */
type KnownTiles = Map<number, { readonly length: number; readonly block: StoredBlock }>;

interface StoredTile {
  readonly index: number;
  /** In the source; 0 where it stores none. */
  readonly offset: number;
  readonly length: number;
  /** Where it is in the output already: it is then not read. */
  readonly twin: StoredBlock | undefined;
  readonly loading: Promise<Uint8Array | undefined>;
}

/** All tiles in order, those ahead being read. Tiles whose bytes are known are not read again. */
async function* readStoredTiles(
  slide: Slide,
  layout: TileLayout,
  known: KnownTiles,
): AsyncGenerator<StoredTile, void, undefined> {
  const { level, columns, rows, offsets, counts } = layout;
  const started: StoredTile[] = [];
  let bytesAhead = 0;
  const take = () => {
    const first = started.shift();
    if (first && first.offset > 0 && !first.twin) bytesAhead -= first.length;
    return first;
  };
  try {
    for (let index = 0; index < columns * rows; index++) {
      const length = counts[index] ?? 0;
      const offset = length > 0 ? (offsets[index] ?? 0) : 0;
      const twin = findTwin(known, { offset, length });
      const [col, row] = [index % columns, Math.floor(index / columns)];
      const read = offset > 0 && !twin;
      const loading = read ? slide.readTile(level, col, row).then((tile) => tile?.data) : Promise.resolve(undefined);
      // It may fail before its turn comes; the error is kept for then.
      loading.catch(() => {});
      started.push({ index, offset, length, twin, loading });
      if (read) bytesAhead += length;
      while (started.length >= MAX_IN_FLIGHT || (started.length > 0 && bytesAhead > BYTES_IN_FLIGHT)) {
        const first = take();
        if (first) yield first;
      }
    }
    for (let first = take(); first; first = take()) yield first;
  } finally {
    await Promise.allSettled(started.map(({ loading }) => loading));
  }
}

/** The tile's bytes once they are sound. @throws TileError, RemoteError */
async function settle(
  { index, loading }: StoredTile,
  tools: { layout: TileLayout; slide: Slide; check: (tile: Uint8Array) => void; strip: Stripper },
): Promise<Uint8Array | undefined> {
  const { layout, slide, check, strip } = tools;
  try {
    const tile = await loading;
    if (!tile) return undefined;
    check(tile);
    return strip(tile);
  } catch (error) {
    // A server that fails is not the tile's fault.
    if (error instanceof TileError && isSlideloomError(error.cause, 'remote')) throw error.cause;
    if (!isSlideloomError(error, 'codec')) throw error;
    const [col, row] = [index % layout.columns, Math.floor(index / layout.columns)];
    throw new TileError({ slide: slide.name, level: layout.level, col, row }, error);
  }
}

function keep(tile: Uint8Array): Uint8Array {
  return tile;
}

function findTwin(known: KnownTiles, { offset, length }: { offset: number; length: number }): StoredBlock | undefined {
  const found = known.get(offset);
  return found?.length === length ? found.block : undefined;
}

function remember(known: KnownTiles, offset: number, tile: { length: number; block: StoredBlock }): void {
  known.set(offset, tile);
  const [oldest] = known.keys();
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
}

/** Writes a white tile at its first use and places it at the others. */
function createBlankWriter({ layout, encoding }: CopiedTiles, directory: TiffWriterDirectory) {
  let block: StoredBlock | undefined;
  return async (index: number): Promise<void> => {
    if (block) return directory.place(index, block);
    const tile = await encodeBlankTile(encoding, { width: layout.tileWidth, height: layout.tileHeight });
    if (tile) block = await directory.write(index, tile);
  };
}
