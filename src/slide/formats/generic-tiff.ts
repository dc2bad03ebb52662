import type { TiffDirectory } from '../../io/tiff/directory.ts';
import type { Tiff } from '../../io/tiff/open-tiff.ts';
import { TAG } from '../../io/tiff/tags.ts';
import { readTiffImage, type TiffImage } from '../../io/tiff/tiff-image.ts';
import { UnsupportedFormatError } from '../../utils/errors.ts';
import { resolveMpp } from '../mpp.ts';
import type { SlideFormat } from '../slide-format.ts';
import { createTiffLevel } from '../tiff-level.ts';
import { readIccProfile, readResolution, readTiffProperties } from '../tiff-properties.ts';

/**
 * Any TIFF that no vendor claims: the first page is level 0; later pages and SubIFDs that are marked as reduced copies
 * (NewSubfileType bit 0) or lie in the first page's SubIFDs, and have its shape, are the other levels.
 */
export const genericTiffFormat: SlideFormat = {
  name: 'generic-tiff',

  async detect(_source, tiff) {
    return tiff !== undefined;
  },

  async open(source, tiff, settings) {
    const first = tiff?.directories[0];
    if (!tiff || !first) throw new UnsupportedFormatError(source.name, 'no TIFF');
    const full = await readTiffImage(first);
    const images = [full, ...(await findReducedImages(tiff, full))];
    const override = settings.mpp;
    return {
      levels: await Promise.all(images.map((image) => createTiffLevel(image, full, settings))),
      mpp: resolveMpp({ override, resolution: await readResolution(first) }),
      objectivePower: undefined,
      channels: [full.samplesPerPixel >= 3 ? { name: 'RGB', bitDepth: 8 } : { name: 'grey', bitDepth: 8 }],
      properties: await readTiffProperties(first),
      associatedImages: new Map(),
      iccProfile: await readIccProfile(first),
    };
  },
};

/** Largest first, each smaller than the one before. Pages that can't be parsed are no levels. */
async function findReducedImages(tiff: Tiff, full: TiffImage): Promise<TiffImage[]> {
  const later = await Promise.all(tiff.directories.slice(1).map(tryReadImage));
  const sub = await Promise.all((await readSubDirectories(tiff)).map(tryReadImage));
  const candidates = [...later.filter((image) => image && (image.subfileType & 1) === 1), ...sub];
  const levels: TiffImage[] = [];
  let above = full;
  const known = candidates.filter((image) => image !== undefined).sort((a, b) => b.width - a.width);
  for (const image of known) {
    if (image.width >= above.width || !hasShapeOf(image, full) || image.photometric !== full.photometric) continue;
    levels.push(image);
    above = image;
  }
  return levels;
}

async function readSubDirectories(tiff: Tiff): Promise<TiffDirectory[]> {
  const first = tiff.directories[0];
  return first?.has(TAG.SubIFDs) ? tiff.readSubDirectories(first).catch(() => []) : [];
}

async function tryReadImage(directory: TiffDirectory): Promise<TiffImage | undefined> {
  return readTiffImage(directory).catch(() => undefined);
}

/** Same aspect, when sides may be rounded by one pixel. */
function hasShapeOf(image: TiffImage, full: TiffImage): boolean {
  const scale = full.width / image.width;
  return Math.abs(full.height / scale - image.height) <= 1 + full.height / scale / image.width;
}
