import { applyHorizontalPredictor, encodeLzw } from '../../io/tiff/writer/encode-lzw.ts';
import type { JpegSplitter } from '../../io/tiff/writer/split-jpeg-tables.ts';
import type { TiffWriterDirectory } from '../../io/tiff/writer/tiff-writer.ts';
import { createLabelImage } from './label-image.ts';
import { encodeJpeg, type Picture } from './tile-encoder.ts';

/** Rows of a strip, as Aperio has them: one row of 4:2:0 JPEG blocks. */
export const ROWS_PER_STRIP = 16;

/** The macro picture: a whole slide of 75 x 25 mm seen from above. Pixels. */
export const MACRO_SIZE = { width: 1280, height: 431 } as const;
const MACRO_LABEL = { x: 24, y: 24, width: 348, height: 383 } as const;
const MACRO_SCAN = { x: 420, y: 40, width: 820, height: 351 } as const;
const MACRO_GLASS = [232, 233, 231] as const;
const SCAN_FRAME = [0, 200, 40] as const;

/** Largest thumbnail, in pixels. */
const THUMBNAIL = { width: 1024, height: 768 } as const;

/** Size of the thumbnail of a level. */
export function getThumbnailSize(level: { width: number; height: number }): { width: number; height: number } {
  return fitInto(level, THUMBNAIL);
}

export async function createThumbnail(overview: Picture): Promise<Picture> {
  return resize(overview, getThumbnailSize(overview));
}

/** Glass with the label on the left and what was scanned on the right, framed as scanners do it. */
export async function createMacroImage(overview: Picture, options: { seed: number; mpp: number }): Promise<Picture> {
  const { width, height } = MACRO_SIZE;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = MACRO_GLASS[i % 3] ?? 255;
  const label = await resize(createLabelImage(options), MACRO_LABEL);
  paste(data, label, MACRO_LABEL);
  const scan = await resize(overview, fitInto(overview, MACRO_SCAN));
  const at = {
    x: MACRO_SCAN.x + Math.floor((MACRO_SCAN.width - scan.width) / 2),
    y: MACRO_SCAN.y + Math.floor((MACRO_SCAN.height - scan.height) / 2),
  };
  const frame = { width: scan.width + 6, height: scan.height + 6 };
  const filled = Uint8Array.from({ length: frame.width * frame.height * 3 }, (_, i) => SCAN_FRAME[i % 3] ?? 0);
  paste(data, { ...frame, data: filled }, { x: at.x - 3, y: at.y - 3 });
  paste(data, scan, at);
  return { width, height, data };
}

/** Writes a page as strips of JPEG. */
export async function writeJpegStrips(
  directory: TiffWriterDirectory,
  picture: Picture,
  { jpegs, quality }: { jpegs: JpegSplitter; quality: number },
): Promise<void> {
  for (const [index, strip] of cutStrips(picture).entries()) {
    await directory.write(index, jpegs.split(await encodeJpeg(strip, quality)));
  }
}

/** Writes a page as strips of LZW with horizontal differences. */
export async function writeLzwStrips(directory: TiffWriterDirectory, picture: Picture): Promise<void> {
  for (const [index, strip] of cutStrips(picture).entries()) {
    const bytes = Uint8Array.from(strip.data);
    applyHorizontalPredictor(bytes, picture.width * 3, 3);
    await directory.write(index, encodeLzw(bytes));
  }
}

function cutStrips({ width, height, data }: Picture): Picture[] {
  const strips: Picture[] = [];
  for (let top = 0; top < height; top += ROWS_PER_STRIP) {
    const rows = Math.min(ROWS_PER_STRIP, height - top);
    strips.push({ width, height: rows, data: data.subarray(top * width * 3, (top + rows) * width * 3) });
  }
  return strips;
}

/** The largest size of the same shape within a box; never enlarged. */
function fitInto(
  size: { width: number; height: number },
  box: { width: number; height: number },
): { width: number; height: number } {
  const scale = Math.min(1, box.width / size.width, box.height / size.height);
  return { width: Math.max(1, Math.round(size.width * scale)), height: Math.max(1, Math.round(size.height * scale)) };
}

async function resize(picture: Picture, size: { width: number; height: number }): Promise<Picture> {
  const { width, height, data } = picture;
  const { sharp } = await import('../../io/codec/sharp.ts');
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  const resized = await image.resize(size.width, size.height, { fit: 'fill' }).raw().toBuffer();
  return { width: size.width, height: size.height, data: resized };
}

function paste(target: Uint8Array, picture: Picture, at: { x: number; y: number }): void {
  const rowBytes = picture.width * 3;
  for (let row = 0; row < picture.height; row++) {
    const from = row * rowBytes;
    target.set(picture.data.subarray(from, from + rowBytes), ((at.y + row) * MACRO_SIZE.width + at.x) * 3);
  }
}
