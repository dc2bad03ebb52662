import { decodeWithKernels } from '../../io/codec/decode-with-kernels.ts';
import { decodePlainPng } from '../../io/decode-plain-png.ts';
import { decodeImage } from '../../io/encode-image.ts';
import { encodePicture } from '../../io/encode-picture.ts';
import { resampleArea } from '../../io/kernels/area-resample.ts';
import { createRaster, type Raster } from '../../io/raster.ts';
import { blitRaster } from '../../slide/blit.ts';

/** Pixels of a picture on the sheet, and of the white between two. */
const CELL = 144;
const GAP = 8;
const COLUMNS = 8;

/** A JPEG with one small picture for each patch file, row by row. One patch is in memory at a time, besides the sheet. */
export async function createContactSheet(
  files: readonly (() => Promise<Uint8Array>)[],
  decode: (file: Uint8Array) => Promise<Raster> = decodePatch,
): Promise<Uint8Array> {
  const columns = Math.min(COLUMNS, files.length);
  const rows = Math.ceil(files.length / columns);
  const sheet = createRaster(columns * (CELL + GAP) + GAP, rows * (CELL + GAP) + GAP);
  for (const [index, readFile] of files.entries()) {
    const x = GAP + (index % columns) * (CELL + GAP);
    const y = GAP + Math.floor(index / columns) * (CELL + GAP);
    blitRaster(shrink(await decode(await readFile())), sheet, { x, y });
  }
  return encodePicture(sheet);
}

/** Without sharp where a patch is what the kernels wrote: it takes more memory than all of the sheet. */
async function decodePatch(file: Uint8Array): Promise<Raster> {
  const own = file[0] === 0xff ? decodeJpeg(file) : decodePlainPng(file);
  return own ?? (await decodeImage(file));
}

/** A copied tile may be of a kind that the kernels leave to others, or stored as colours that no JPEG names. */
function decodeJpeg(file: Uint8Array): Raster | undefined {
  try {
    return decodeWithKernels(file);
  } catch {
    return undefined;
  }
}

function shrink(patch: Raster): Raster {
  const scale = Math.max(patch.width, patch.height) / CELL;
  const cell = createRaster(CELL, CELL, patch.channels);
  const window = { x: 0, y: 0, stepX: scale, stepY: scale };
  resampleArea(patch, window, { data: cell.data, width: CELL, firstRow: 0, endRow: CELL });
  return cell;
}
