import { TAG } from '../../../io/dicom/tags.ts';
import { createRaster, type Raster } from '../../../io/raster.ts';
import { DicomError, isSlideloomError, UnsupportedFormatError } from '../../../utils/errors.ts';
import { blitRaster } from '../../blit.ts';
import { convertImage } from '../../icc/convert-image.ts';
import type { SlideSettings } from '../../settings.ts';
import { createDicomLevel, type DicomLevel, type ImageParts } from './dicom-level.ts';

/** In order of their names. One that can't be read is left out with a notice: a broken label costs the label, not the slide. */
export async function openAssociatedImages(
  images: ReadonlyMap<string, ImageParts>,
  settings: SlideSettings,
  notices: string[],
): Promise<Map<string, () => Promise<Raster>>> {
  const found = new Map<string, () => Promise<Raster>>();
  for (const [name, parts] of [...images].sort(([a], [b]) => (a < b ? -1 : 1))) {
    try {
      // The planes of the slide are no business of its label.
      const level = await createDicomLevel(parts, parts[0], { ...settings, z: 0 });
      checkSize(level, parts, settings);
      const file = parts[0].source.name;
      const profile = parts[0].values.readItems(TAG.OpticalPathSequence)[0]?.readBytes(TAG.ICCProfile);
      found.set(name, async () => convertImage(await readWholeLevel(level, file), profile, { settings, name: file }));
    } catch (error) {
      if (!isSlideloomError(error, 'dicom', 'unsupported-format', 'short-read')) throw error;
      notices.push(`the image "${name}" is left out: ${error.message}`);
    }
  }
  return found;
}

function checkSize({ width, height }: DicomLevel, [{ source }]: ImageParts, { maxTileBytes }: SlideSettings): void {
  if (width * height * 3 > maxTileBytes)
    throw new UnsupportedFormatError(source.name, `an associated image of ${width} x ${height} pixels is too large`);
}

async function readWholeLevel(level: DicomLevel, name: string): Promise<Raster> {
  const raster = createRaster(level.width, level.height);
  for (let row = 0; row < level.rows; row++) {
    for (let col = 0; col < level.columns; col++) {
      const tile = await level.decodeTile(col, row).catch((cause: unknown) => {
        // A server that fails, or a file that changed, is not a damaged image.
        if (isSlideloomError(cause, 'source', 'remote')) throw cause;
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new DicomError(name, `tile column ${col}, row ${row} of the image can't be read: ${why}`, { cause });
      });
      if (tile) blitRaster(tile, raster, { x: col * level.tileWidth, y: row * level.tileHeight });
    }
  }
  return raster;
}
