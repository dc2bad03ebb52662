import type { Raster } from '../../../io/raster.ts';
import { readTiffImage } from '../../../io/tiff/tiff-image.ts';
import type { SlideSettings } from '../../settings.ts';
import { getUnsupportedReason, readWholeImage } from '../../tiff-level.ts';
import { locatePlane } from './locate-plane.ts';
import type { OmeFiles } from './ome-files.ts';
import type { OmeImage } from './ome-model.ts';
import { getAssociatedName, type OmeSet } from './read-ome-set.ts';

/** Images that are looked for: there are three kinds, and rarely two of one. */
const MAX_TRIED = 16;

/**
 * Images beside the main one whose names say that they are a label, macro or thumbnail, by name. One that is damaged, can't
 * be decoded or lies in a file that is missing costs that image, not the slide, and is told.
 */
export async function findOmeAssociatedImages(
  { images }: OmeSet,
  main: OmeImage,
  { files, settings, notices }: { files: OmeFiles; settings: SlideSettings; notices: string[] },
): Promise<Map<string, () => Promise<Raster>>> {
  const found = new Map<string, () => Promise<Raster>>();
  let tried = 0;
  for (const image of images) {
    const name = getAssociatedName(image.name);
    if (image === main || name === undefined || found.has(name)) continue;
    // Each may look for a file of its own in the whole folder.
    if (++tried > MAX_TRIED) break;
    const read = await openAssociatedImage(image, { files, settings }).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    if (typeof read === 'string') notices.push(`the image "${name}" is left out: ${read}`);
    else found.set(name, read);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Of one plane: RGB or grey. @returns why it can't be read, where it can't */
async function openAssociatedImage(
  { pixels }: OmeImage,
  { files, settings }: { files: OmeFiles; settings: SlideSettings },
): Promise<(() => Promise<Raster>) | string> {
  const address = locatePlane(pixels, 1, { c: 0, z: 0, t: 0 });
  const directory = address && (await files.open(address.file)).directories[address.ifd];
  if (!directory) return 'the file does not have its page';
  const image = await readTiffImage(directory);
  if (image.samplesPerPixel < pixels.sizeC) return 'it has several channels';
  return (await getUnsupportedReason(image, settings)) ?? (() => readWholeImage(image, settings));
}
