import type { Raster } from '../../../io/raster.ts';
import type { TiffDirectory } from '../../../io/tiff/directory.ts';
import type { Tiff } from '../../../io/tiff/open-tiff.ts';
import { TAG } from '../../../io/tiff/tags.ts';
import { readTiffImage } from '../../../io/tiff/tiff-image.ts';
import type { SlideSettings } from '../../settings.ts';
import { getUnsupportedReason, readWholeImage } from '../../tiff-level.ts';

/** What `slideloom convert` says in an ImageDescription, beyond what TIFF has tags for. */
export interface ConvertedFacts {
  readonly objectivePower: number | undefined;
}

const MARK = 'slideloom conversion';

export async function readConvertedFacts(first: TiffDirectory): Promise<ConvertedFacts> {
  const text = await readDescription(first);
  const stated = text?.startsWith(MARK) ? /\|objective-power = ([\d.]+)/.exec(text)?.[1] : undefined;
  const power = Number(stated);
  return { objectivePower: Number.isFinite(power) && power > 0 ? power : undefined };
}

async function readDescription(directory: TiffDirectory): Promise<string | undefined> {
  if (!directory.has(TAG.ImageDescription)) return undefined;
  return directory.readAscii(TAG.ImageDescription).catch(() => undefined);
}

/** Pages in strips whose ImageDescription is the name of an associated image: no levels, whoever wrote them. */
export interface NamedPages {
  readonly images: ReadonlyMap<string, () => Promise<Raster>>;
  /** The file without these pages. */
  readonly rest: Tiff;
}

/** In any file; in one of `slideloom convert` every name counts. */
const NAME = /^(label|macro|thumbnail)$/i;
const ANY_NAME = /^[\w -]{1,64}$/;

/** A page that is damaged, or can't be decoded, stays with the rest. */
export async function findNamedPages(tiff: Tiff, settings: SlideSettings): Promise<NamedPages> {
  const images = new Map<string, () => Promise<Raster>>();
  const pages = new Set<TiffDirectory>();
  const [first, ...others] = tiff.directories;
  const own = first && (await readDescription(first))?.startsWith(MARK);
  for (const page of others) {
    const text = page.has(TAG.TileWidth) ? undefined : (await readDescription(page))?.trim();
    if (text === undefined || !(own ? ANY_NAME : NAME).test(text)) continue;
    const name = own ? text : text.toLowerCase();
    if (images.has(name)) continue;
    const image = await readTiffImage(page).catch(() => undefined);
    if (!image || (image.subfileType & 1) !== 0 || (await getUnsupportedReason(image, settings))) continue;
    images.set(name, () => readWholeImage(image, settings));
    pages.add(page);
  }
  const sorted = new Map([...images].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { images: sorted, rest: { ...tiff, directories: tiff.directories.filter((page) => !pages.has(page)) } };
}
