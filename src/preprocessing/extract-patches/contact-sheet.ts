import { decodeImage, encodeImage } from '../../io/encode-image.ts';
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
  decode: (file: Uint8Array) => Promise<Raster> = decodeImage,
): Promise<Uint8Array> {
  const columns = Math.min(COLUMNS, files.length);
  const rows = Math.ceil(files.length / columns);
  const sheet = createRaster(columns * (CELL + GAP) + GAP, rows * (CELL + GAP) + GAP);
  for (const [index, readFile] of files.entries()) {
    const x = GAP + (index % columns) * (CELL + GAP);
    const y = GAP + Math.floor(index / columns) * (CELL + GAP);
    blitRaster(shrink(await decode(await readFile())), sheet, { x, y });
  }
  return encodeImage(sheet, { format: 'jpeg' });
}

function shrink(patch: Raster): Raster {
  const scale = Math.max(patch.width, patch.height) / CELL;
  const cell = createRaster(CELL, CELL, patch.channels);
  const window = { x: 0, y: 0, stepX: scale, stepY: scale };
  resampleArea(patch, window, { data: cell.data, width: CELL, firstRow: 0, endRow: CELL });
  return cell;
}
