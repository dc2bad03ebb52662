import { checkJpegScan, readOnlyScan } from '../../io/codec/check-jpeg.ts';
import { createJpegHead, type JpegFrame } from '../../io/codec/jpeg-stream.ts';
import { createScanWalker } from '../../io/kernels/jpeg-check.ts';
import type { JpegScan } from '../../io/kernels/walk-jpeg-scan.ts';
import type { Kernels } from '../../io/kernels/wasm-kernels.ts';
import { COMPRESSION, PHOTOMETRIC } from '../../io/tiff/tags.ts';
import type { StoredTileReader } from '../../slide/band/stored-tile-reader.ts';
import { isSlideloomError } from '../../utils/errors.ts';
import type { PatchTask } from './patch-job.ts';
import type { PatchSampling, PatchWindow } from './patch-sampling.ts';

/** Whether patches of this task that lie on a stored tile may be copied: JPEG asked for, JPEG stored, same size and colours. */
export function canCopyTiles({ output, geometry, stain }: PatchTask, { layout, step }: PatchSampling): boolean {
  const { tileWidth, tileHeight, compression, parameters, strips, reduction, colors } = layout;
  if (
    stain ||
    output.kind === 'pixels' ||
    output.format !== 'jpeg' ||
    step ||
    reduction ||
    colors ||
    strips ||
    compression !== COMPRESSION.Jpeg
  )
    return false;
  const colour = parameters.photometric === PHOTOMETRIC.YCbCr || parameters.photometric === PHOTOMETRIC.Rgb;
  return colour && tileWidth === geometry.size && tileHeight === geometry.size;
}

/** Makes files of stored JPEG tiles. */
export interface TileCopier {
  /**
   * The stored JPEG of a patch that is exactly one tile, made a file by its tables: nothing is decoded, nothing lost, and
   * the quality is the scanner's. Its headers and its end are checked, and, unless the task has `checkCopies: false`, that
   * the data between hold what the frame promises, as decoding would.
   * @returns undefined where the patch has to be decoded: it lies across tiles, reaches past the slide, is sparse or
   *   damaged. The bytes are good until the next call. A promise where the slide is remote.
   */
  copy(window: PatchWindow): Uint8Array | undefined | Promise<Uint8Array | undefined>;
}

/** Lays out memory of the kernels that lasts: call it before any mark. */
export function createTileCopier(
  task: PatchTask,
  { layout }: PatchSampling,
  { tiles, kernels }: { tiles: StoredTileReader; kernels: Kernels | undefined },
): TileCopier {
  const check = task.output.kind === 'pixels' || task.output.checkCopies;
  const walk = check && kernels ? createScanWalker(kernels) : undefined;
  let file = new Uint8Array(0);
  let headers: Headers | undefined;

  function copyTile(stored: Uint8Array, { width, height }: PatchWindow): Uint8Array | undefined {
    if (!headers || !startsWith(stored, headers.own)) {
      headers = readHeaders(stored, layout.parameters);
      file = new Uint8Array(0);
    }
    const { own, complete, frame, scan } = headers;
    const same = frame.width === width && frame.height === height && frame.components === 3 && frame.precision === 8;
    if (!same || !scan) return undefined;
    const length = complete.length + stored.length - own.length;
    if (file.length < length) {
      file = new Uint8Array(2 * length);
      file.set(complete);
    }
    file.set(stored.subarray(own.length), complete.length);
    const copied = file.subarray(0, length);
    if (check && checkJpegScan(copied, complete.length, { scan, walk }) !== length - 2) return undefined;
    return copied;
  }

  function copySound(stored: Uint8Array | undefined, window: PatchWindow): Uint8Array | undefined {
    try {
      return stored && endsWithMarker(stored) ? copyTile(stored, window) : undefined;
    } catch {
      return undefined;
    }
  }

  return {
    copy(window) {
      const { x, y, width, height } = window;
      const col = x / layout.tileWidth;
      const row = y / layout.tileHeight;
      const whole = Number.isInteger(col) && Number.isInteger(row) && x >= 0 && y >= 0;
      if (!whole || x + width > layout.width || y + height > layout.height) return undefined;
      try {
        const stored = tiles.readStored(col, row);
        if (stored instanceof Promise)
          return stored.then(
            (tile) => copySound(tile, window),
            (error: unknown) => {
              // A server that fails is not the tile's fault.
              if (isSlideloomError(error, 'remote')) throw error;
              return undefined;
            },
          );
        return copySound(stored, window);
      } catch {
        // Decoding says what is wrong, and the policy for bad tiles decides.
        return undefined;
      }
    },
  };
}

/** What the tiles of a level usually share. */
interface Headers {
  /** The tile as stored up to its entropy-coded data, and the same of a complete JPEG. */
  readonly own: Uint8Array;
  readonly complete: Uint8Array;
  readonly frame: JpegFrame;
  /** Undefined for tiles whose data can't be checked (progressive, arithmetic, several scans): these are decoded. */
  readonly scan: JpegScan | undefined;
}

/** @throws CodecError where they are damaged, or a table is missing */
function readHeaders(stored: Uint8Array, parameters: PatchSampling['layout']['parameters']): Headers {
  const { frame, head, scan: at } = createJpegHead(stored, parameters);
  const end = at + 2 + (((stored[at + 2] ?? 0) << 8) | (stored[at + 3] ?? 0));
  const complete = Buffer.concat([head, stored.subarray(at, end)]);
  return { own: stored.slice(0, end), complete, frame, scan: readOnlyScan(complete) };
}

function startsWith(stored: Uint8Array, own: Uint8Array): boolean {
  return Buffer.compare(stored.subarray(0, own.length), own) === 0;
}

/** End of image (FFD9). */
function endsWithMarker(stream: Uint8Array): boolean {
  return stream[stream.length - 2] === 0xff && stream[stream.length - 1] === 0xd9;
}
