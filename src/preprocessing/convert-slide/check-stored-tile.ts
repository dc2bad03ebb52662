import { checkJpegScan, readOnlyScan } from '../../io/codec/check-jpeg.ts';
import { createJpegHead } from '../../io/codec/jpeg-stream.ts';
import { createScanWalker } from '../../io/kernels/jpeg-check.ts';
import type { JpegScan } from '../../io/kernels/walk-jpeg-scan.ts';
import { createKernels, hasWasmSimd } from '../../io/kernels/wasm-kernels.ts';
import { COMPRESSION } from '../../io/tiff/tags.ts';
import type { TileLayout } from '../../slide/tile-layout.ts';
import { CodecError } from '../../utils/errors.ts';

/** @throws CodecError where the tile's bytes are not what the level promises */
export type StoredTileCheck = (tile: Uint8Array) => void;

/** A tile and the window of its data; larger ones are walked by the plain twin. */
const KERNEL_BYTES = 64 * 2 ** 20;

/**
 * Holds a stored JPEG tile against the level before it is copied: its frame has the size of the tiles, and its data hold what
 * the frame promises, to the end marker. Other codecs are not looked into.
 */
export function createStoredTileCheck({ compression, tileWidth, tileHeight, parameters }: TileLayout): StoredTileCheck {
  if (compression !== COMPRESSION.Jpeg) return () => {};
  const walk = hasWasmSimd() ? createScanWalker(createKernels(KERNEL_BYTES)) : undefined;
  let known: KnownHead | undefined;
  return (tile) => {
    if (!known || !startsWith(tile, known.own)) known = readHead(tile, parameters);
    const { own, scan, width, height, components } = known;
    if (width !== tileWidth || height !== tileHeight || components !== parameters.samples) {
      const found = `${width} x ${height} with ${components} samples`;
      const promised = `${tileWidth} x ${tileHeight} with ${parameters.samples}`;
      throw new CodecError('jpeg', `the stream holds ${found}, the file promises ${promised}`);
    }
    if (!scan) throw new CodecError('jpeg', 'a stream of another kind than the other tiles of the level');
    const end = checkJpegScan(tile, own.length, { scan, walk });
    if (tile[end] !== 0xff || tile[end + 1] !== 0xd9) throw new CodecError('jpeg', 'no end marker behind the data');
  };
}

/** What the tiles of a level usually share. */
interface KnownHead {
  /** The tile up to its entropy-coded data. */
  readonly own: Uint8Array;
  readonly scan: JpegScan | undefined;
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

function readHead(tile: Uint8Array, parameters: TileLayout['parameters']): KnownHead {
  const { frame, head, scan: at } = createJpegHead(tile, parameters);
  const end = at + 2 + (((tile[at + 2] ?? 0) << 8) | (tile[at + 3] ?? 0));
  const scan = readOnlyScan(Buffer.concat([head, tile.subarray(at, end)]));
  const { width, height, components } = frame;
  return { own: tile.slice(0, end), scan, width, height, components };
}

function startsWith(tile: Uint8Array, own: Uint8Array): boolean {
  return Buffer.compare(tile.subarray(0, own.length), own) === 0;
}
