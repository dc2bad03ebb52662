import type { Raster } from '../../io/raster.ts';
import type { TiffDirectory } from '../../io/tiff/directory.ts';
import { readTiffImage } from '../../io/tiff/tiff-image.ts';
import type { SlideSettings } from '../settings.ts';
import { getUnsupportedReason, readWholeImage } from '../tiff-level.ts';

type AssociatedImages = Map<string, () => Promise<Raster>>;

/**
 * Associated images that are pages of their own, in order of their names; the first page of a name counts. One that can't be
 * read is left out with a notice: a broken label costs the label, not the slide.
 */
export async function openAssociatedPages(
  pages: readonly { readonly name: string; readonly directory: TiffDirectory }[],
  { settings, notices }: { settings: SlideSettings; notices: string[] },
): Promise<AssociatedImages> {
  const found: AssociatedImages = new Map();
  for (const { name, directory } of pages) {
    if (found.has(name)) continue;
    const read = await openPage(directory, settings);
    if (typeof read === 'string') notices.push(`the image "${name}" is left out: ${read}`);
    else found.set(name, read);
  }
  return sortByName(found);
}

export function sortByName(images: AssociatedImages): AssociatedImages {
  return new Map([...images].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The image, or why it can't be read. */
async function openPage(directory: TiffDirectory, settings: SlideSettings): Promise<(() => Promise<Raster>) | string> {
  try {
    const image = await readTiffImage(directory);
    return (await getUnsupportedReason(image, settings)) ?? (() => readWholeImage(image, settings));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
