import { readFileSync } from 'node:fs';
import { decodePlainPng } from '../../io/decode-plain-png.ts';
import { decodeImageFile } from '../../io/image-file/decode-image-file.ts';
import { detectImageKind, readImageFacts } from '../../io/image-file/read-image-facts.ts';
import type { Raster } from '../../io/raster.ts';
import { createBufferSource } from '../../io/source/buffer-source.ts';
import { DatasetError } from '../../utils/errors.ts';
import { BAD_IMAGE_HINT } from '../data/check-images.ts';
import { expandGrey } from './kernels/map-colors.ts';

/** A patch is smaller; above it a picture is a slide. */
const MOST_PIXELS = 2 ** 26;

/**
 * Reads a PNG, JPEG or WebP as 8-bit RGB, turned as its EXIF orientation says; grey becomes RGB.
 * @throws DatasetError that names the file, with what was wrong as its cause
 */
export async function readImage(path: string): Promise<Raster> {
  try {
    // At once: a worker has nothing else to do, and small files take less time than a turn of the event loop.
    const bytes = readFileSync(path);
    const raster = decodePlainPng(bytes) ?? (await decodeAny(bytes, path));
    if (raster.channels === 3) return raster;
    return { width: raster.width, height: raster.height, channels: 3, data: expandGrey(raster.data) };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new DatasetError(path, message, { reason: 'bad-image' }, { cause, hint: BAD_IMAGE_HINT });
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
