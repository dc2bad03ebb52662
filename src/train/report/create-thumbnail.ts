import { encodePicture } from '../../io/encode-picture.ts';
import { isSlideloomError } from '../../utils/errors.ts';
import { resampleTriangle } from '../batches/kernels/resample-triangle.ts';
import { readImage } from '../batches/read-image.ts';

/** A picture inside a page. */
export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  /** `data:` with a JPEG. */
  readonly source: string;
}

/** Longest side in pixels; smaller pictures stay as they are. */
const LONGEST = 128;

/** A small JPEG of a picture file; undefined where the file is gone or damaged by now. */
export async function createThumbnail(path: string): Promise<Thumbnail | undefined> {
  const picture = await readImage(path).catch((error: unknown) => {
    if (isSlideloomError(error, 'dataset')) return undefined;
    throw error;
  });
  if (!picture) return undefined;
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
  const size = { width: width ?? 1, height: height ?? 1 };
  const box = { x: 0, y: 0, width: picture.width, height: picture.height };
  const jpeg = await encodePicture(scale === 1 ? picture : resampleTriangle(picture, box, size));
  return { ...size, source: `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}` };
}
