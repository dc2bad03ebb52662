import { checkJpegScans } from '../../io/codec/check-jpeg.ts';
import { createJpegStream } from '../../io/codec/jpeg-stream.ts';
import { COMPRESSION, PHOTOMETRIC } from '../../io/tiff/tags.ts';
import type { StoredTileReader } from '../../slide/band/stored-tile-reader.ts';
import type { PatchTask } from './patch-job.ts';
import type { PatchSampling, PatchWindow } from './patch-sampling.ts';

/** Whether patches of this task that lie on a stored tile may be copied: JPEG asked for, JPEG stored, the same size. */
export function canCopyTiles({ output, geometry }: PatchTask, { layout, step }: PatchSampling): boolean {
  const { tileWidth, tileHeight, compression, parameters, strips } = layout;
  if (output.kind !== 'files' || output.format !== 'jpeg' || step || strips || compression !== COMPRESSION.Jpeg)
    return false;
  const colour = parameters.photometric === PHOTOMETRIC.YCbCr || parameters.photometric === PHOTOMETRIC.Rgb;
  return colour && tileWidth === geometry.size && tileHeight === geometry.size;
}

/**
 * The stored JPEG of a patch that is exactly one tile, made a file by its tables: nothing is decoded, nothing lost, and the
 * quality is the scanner's. The stream is checked to hold what its frame promises, as decoding would.
 * @returns undefined where the patch has to be decoded: it lies across tiles, reaches past the slide, is sparse or damaged.
 */
export function copyStoredTile(
  { layout }: PatchSampling,
  { x, y, width, height }: PatchWindow,
  tiles: StoredTileReader,
): Uint8Array | undefined {
  const col = x / layout.tileWidth;
  const row = y / layout.tileHeight;
  const whole = Number.isInteger(col) && Number.isInteger(row) && x >= 0 && y >= 0;
  if (!whole || x + width > layout.width || y + height > layout.height) return undefined;
  try {
    const stored = tiles.readStored(col, row);
    if (!stored || !endsWithMarker(stored)) return undefined;
    const { frame, bytes } = createJpegStream(stored, layout.parameters);
    const same = frame.width === width && frame.height === height && frame.components === 3 && frame.precision === 8;
    if (!same) return undefined;
    checkJpegScans(bytes);
    return bytes;
  } catch {
    // Decoding says what is wrong, and the policy for bad tiles decides.
    return undefined;
  }
}

/** End of image (FFD9). */
function endsWithMarker(stream: Uint8Array): boolean {
  return stream[stream.length - 2] === 0xff && stream[stream.length - 1] === 0xd9;
}
