import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { decodePlainPng } from '../../io/decode-plain-png.ts';
import { decodeImageFile } from '../../io/image-file/decode-image-file.ts';
import { detectImageKind, readImageFacts } from '../../io/image-file/read-image-facts.ts';
import type { Raster } from '../../io/raster.ts';
import { createBufferSource } from '../../io/source/buffer-source.ts';
import { DatasetError } from '../../utils/errors.ts';
import { BAD_IMAGE_HINT } from '../data/check-images.ts';
import type { PictureRange } from '../data/example.ts';
import { expandGrey } from './kernels/map-colors.ts';

/** A patch is smaller; above it a picture is a slide. */
const MOST_PIXELS = 2 ** 26;

/**
 * Reads a PNG, JPEG or WebP as 8-bit RGB, turned as its EXIF orientation says; grey becomes RGB.
 * @param range of the picture, where it lies in a larger file
 * @throws DatasetError that names the file, with what was wrong as its cause
 */
export async function readImage(path: string, range?: PictureRange): Promise<Raster> {
  try {
    // At once: a worker has nothing else to do, and small files take less time than a turn of the event loop.
    const bytes = range ? readRange(path, range) : readFileSync(path);
    const raster = decodePlainPng(bytes) ?? (await decodeAny(bytes, path));
    if (raster.channels === 3) return raster;
    return { width: raster.width, height: raster.height, channels: 3, data: expandGrey(raster.data) };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const name = range ? `${path}, at byte ${range.offset}` : path;
    throw new DatasetError(name, message, { reason: 'bad-image' }, { cause, hint: BAD_IMAGE_HINT });
  }
}

function readRange(path: string, { offset, length }: PictureRange): Uint8Array {
  const bytes = new Uint8Array(length);
  const file = openSync(path, 'r');
  try {
    const read = readSync(file, bytes, 0, length, offset);
    if (read < length) throw new TypeError(`the file ends ${length - read} bytes too soon`);
    return bytes;
  } finally {
    closeSync(file);
  }
}

async function decodeAny(bytes: Uint8Array, path: string): Promise<Raster> {
  await using source = createBufferSource(bytes, path);
  const kind = await detectImageKind(source);
  if (!kind) throw new TypeError('no PNG, JPEG or WebP picture');
  const facts = await readImageFacts(source, kind);
  if (facts.unsupported !== undefined) throw new TypeError(facts.unsupported);
  const { width, height } = facts;
  if (width < 1 || height < 1 || width * height > MOST_PIXELS)
    throw new TypeError(`${width} x ${height} is no size of a patch`);
  return decodeImageFile(bytes, facts);
}
