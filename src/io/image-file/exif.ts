import { createBufferSource } from '../source/buffer-source.ts';
import type { TiffDirectory } from '../tiff/directory.ts';
import { openTiff } from '../tiff/open-tiff.ts';
import { TAG } from '../tiff/tags.ts';
import type { ImageFacts } from './image-facts.ts';

const ORIENTATION = 274;

/** What is taken from a block of EXIF, which is a TIFF. */
export type Exif = Pick<ImageFacts, 'orientation' | 'resolution'>;

/** A block that is missing or damaged says nothing: orientation 1, no resolution. */
export async function readExif(block: Uint8Array | undefined): Promise<Exif> {
  if (!block) return { orientation: 1, resolution: undefined };
  const marker = Buffer.from(block.subarray(0, 6)).toString('latin1');
  await using source = createBufferSource(marker === 'Exif\0\0' ? block.subarray(6) : block, 'EXIF');
  const tiff = await openTiff(source).catch(() => undefined);
  const directory = tiff?.directories[0];
  const orientation = (await readNumber(directory, ORIENTATION)) ?? 1;
  return {
    orientation: Number.isInteger(orientation) && orientation >= 1 && orientation <= 8 ? orientation : 1,
    resolution: await readResolution(directory),
  };
}

/** Inch where the unit is absent. */
async function readResolution(directory: TiffDirectory | undefined): Promise<Exif['resolution']> {
  const x = await readNumber(directory, TAG.XResolution);
  const y = await readNumber(directory, TAG.YResolution);
  const unit = (await readNumber(directory, TAG.ResolutionUnit)) ?? 2;
  return x !== undefined && y !== undefined && (unit === 2 || unit === 3) ? { x, y, unit } : undefined;
}

async function readNumber(directory: TiffDirectory | undefined, tag: number): Promise<number | undefined> {
  return directory?.readNumber(tag).catch(() => undefined);
}
