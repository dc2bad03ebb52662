import { checkJpegScan, readOnlyScan } from '../io/codec/check-jpeg.ts';
import { createJpegHead, type JpegFrame } from '../io/codec/jpeg-stream.ts';
import type { TileParameters } from '../io/codec/tile-codec.ts';
import { createScanWalker } from '../io/kernels/jpeg-check.ts';
import type { JpegScan, ScanWalker } from '../io/kernels/walk-jpeg-scan.ts';
import { createKernels, hasWasmSimd } from '../io/kernels/wasm-kernels.ts';
import { COMPRESSION, PHOTOMETRIC } from '../io/tiff/tags.ts';
import type { Slide } from '../slide/slide.ts';
import { isSlideloomError } from '../utils/errors.ts';

/** Of the kernels that walk a scan. */
const WALKER_BYTES = 8 * 2 ** 20;

/** Where a stored tile is, and the size that a picture of it has. */
export interface StoredTilePlace {
  readonly level: number;
  readonly col: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

/** Hands out stored JPEG tiles as files, without decoding. */
export interface StoredTiles {
  /**
   * The stored JPEG, made a file by its tables; its headers are checked, and that the data between hold what the frame promises.
   * @returns undefined where the tile has to be decoded: other codec or size, other colours asked for, sparse, damaged.
   * @throws RemoteError, SlideClosedError
   */
  read(slide: Slide, place: StoredTilePlace): Promise<Uint8Array | undefined>;
}

/** What the tiles of a level usually share. */
interface Headers {
  /** A tile as stored up to its entropy-coded data, and the same of a complete JPEG. */
  readonly own: Uint8Array;
  readonly complete: Uint8Array;
  readonly frame: JpegFrame;
  /** Undefined for tiles whose data can't be checked (progressive, arithmetic, several scans): these are decoded. */
  readonly scan: JpegScan | undefined;
}

interface JpegLevel {
  readonly parameters: TileParameters;
  headers: Headers | undefined;
}

export function createStoredTiles(): StoredTiles {
  const kernels = hasWasmSimd() ? createKernels(WALKER_BYTES) : undefined;
  const walk = kernels && createScanWalker(kernels);
  const known = new WeakMap<Slide, Map<number, Promise<JpegLevel | undefined>>>();

  function getLevel(slide: Slide, level: number): Promise<JpegLevel | undefined> {
    const levels = known.get(slide) ?? new Map();
    known.set(slide, levels);
    // A layout holds the positions of all tiles, and is not made for each.
    const found = levels.get(level) ?? findJpegLevel(slide, level);
    levels.set(level, found);
    return found;
  }

  return {
    async read(slide, place) {
      const { level, col, row } = place;
      if (!isWholeTile(slide, place)) return undefined;
      try {
        const found = await getLevel(slide, level);
        const tile = found && (await slide.readTile(level, col, row));
        return tile && completeTile(found, tile.data, { ...place, walk });
      } catch (error) {
        if (isSlideloomError(error, 'remote', 'slide-closed')) throw error;
        // Decoding says what is wrong.
        return undefined;
      }
    },
  };
}

/** The last tiles are cut: what lies past the slide's edge is padding. */
function isWholeTile({ levels }: Slide, { level, col, row, width, height }: StoredTilePlace): boolean {
  const found = levels[level];
  if (found?.tileWidth !== width || found.tileHeight !== height) return false;
  return (col + 1) * width <= found.width && (row + 1) * height <= found.height;
}

/** A level whose JPEG tiles have the slide's colours as they are stored; else undefined. */
async function findJpegLevel(slide: Slide, level: number): Promise<JpegLevel | undefined> {
  if (slide.shown?.channel !== undefined) return undefined;
  const layout = await slide.getTileLayout?.(level);
  if (!layout || layout.compression !== COMPRESSION.Jpeg) return undefined;
  if (layout.strips || layout.restart || layout.colors || layout.reduction) return undefined;
  const { parameters } = layout;
  const { photometric } = parameters;
  const colour = photometric === PHOTOMETRIC.YCbCr || photometric === PHOTOMETRIC.Rgb;
  return colour ? { parameters, headers: undefined } : undefined;
}

/** @throws CodecError where it is damaged */
function completeTile(
  level: JpegLevel,
  stored: Uint8Array,
  { width, height, walk }: { width: number; height: number; walk: ScanWalker | undefined },
): Uint8Array | undefined {
  if (!level.headers || !startsWith(stored, level.headers.own)) level.headers = readHeaders(stored, level.parameters);
  const { own, complete, frame, scan } = level.headers;
  const same = frame.width === width && frame.height === height && frame.components === 3 && frame.precision === 8;
  if (!same || !scan) return undefined;
  // Memory of its own: it may be kept, and is counted by its length.
  const file = Buffer.allocUnsafeSlow(complete.length + stored.length - own.length);
  file.set(complete);
  file.set(stored.subarray(own.length), complete.length);
  const ended = file[file.length - 2] === 0xff && file[file.length - 1] === 0xd9;
  if (!ended || checkJpegScan(file, complete.length, { scan, walk }) !== file.length - 2) return undefined;
  return file;
}

/** @throws CodecError where they are damaged, or a table is missing */
function readHeaders(stored: Uint8Array, parameters: TileParameters): Headers {
  const { frame, head, scan: at } = createJpegHead(stored, parameters);
  const end = at + 2 + (((stored[at + 2] ?? 0) << 8) | (stored[at + 3] ?? 0));
  const complete = Buffer.concat([head, stored.subarray(at, end)]);
  return { own: stored.slice(0, end), complete, frame, scan: readOnlyScan(complete) };
}

function startsWith(stored: Uint8Array, own: Uint8Array): boolean {
  return Buffer.compare(stored.subarray(0, own.length), own) === 0;
}
