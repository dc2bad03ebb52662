import type { Raster } from '../../io/raster.ts';
import type { TiffDirectory } from '../../io/tiff/directory.ts';
import { TAG } from '../../io/tiff/tags.ts';
import { readTiffImage, type TiffImage } from '../../io/tiff/tiff-image.ts';
import { TiffError, UnsupportedFormatError } from '../../utils/errors.ts';
import { decodeJpegPicture } from '../jpeg-picture.ts';
import { resolveMpp } from '../mpp.ts';
import { withNotices } from '../notices.ts';
import { RGB_CHANNEL } from '../samples/channel-list.ts';
import type { SlideSettings } from '../settings.ts';
import type { BackingLevel, SlideFormat } from '../slide-format.ts';
import { createTiffLevel } from '../tiff-level.ts';
import { readIccProfile } from '../tiff-properties.ts';
import { hasTextInTag, readTagsWithoutXml, readXmlTag } from '../vendor-xml.ts';
import { openAssociatedPages, sortByName } from './associated-pages.ts';
import { type PhilipsDescription, parseSpacing, readPhilipsDescription } from './philips/description.ts';

/**
 * Philips TIFF, the export of IntelliSite: tiled pages are levels, and the first page's ImageDescription is an XML document.
 * Sizes in the TIFF are whole tiles, padding included; what a level is comes from the pixel spacings in the XML.
 */
export const philipsFormat: SlideFormat = {
  name: 'philips',

  async detect(_source, tiff) {
    const first = tiff?.directories[0];
    const software = await first?.readAsciiHead(TAG.Software, 16).catch(() => undefined);
    return (software?.startsWith('Philips') ?? false) && hasTextInTag(first, TAG.ImageDescription, 'DPUfsImport');
  },

  async open(source, tiff, settings) {
    const first = tiff?.directories[0];
    if (!tiff || !first) throw new UnsupportedFormatError(source.name, 'no TIFF');
    const description = readPhilipsDescription(await readXmlTag(first, TAG.ImageDescription), source.name);
    const tiled = tiff.directories.filter((directory) => directory.has(TAG.TileWidth));
    const images = await Promise.all(tiled.map(readTiffImage));
    const { properties } = description;
    const [y, x] = parseSpacing(properties.get('philips.DICOM_PIXEL_SPACING')) ?? description.spacings[0] ?? [];
    const metadata = x && y ? { x: x * 1000, y: y * 1000 } : undefined;
    const notices: string[] = [];
    const associatedImages = await findAssociatedImages(tiff.directories, { description, settings, notices });
    return {
      levels: await createLevels(images, { description, settings, name: source.name }),
      mpp: resolveMpp({ override: settings.mpp, metadata }),
      objectivePower: undefined,
      channels: [RGB_CHANNEL],
      properties: withNotices(new Map([...(await readTagsWithoutXml(first)), ...properties]), notices),
      associatedImages,
      iccProfile: await readIccProfile(first),
    };
  },
};

async function createLevels(
  images: readonly TiffImage[],
  { description, settings, name }: { description: PhilipsDescription; settings: SlideSettings; name: string },
): Promise<BackingLevel[]> {
  const full = images[0];
  const { spacings } = description;
  if (!full) throw new UnsupportedFormatError(name, 'a Philips file without a tiled page');
  if (spacings.length < images.length) {
    const problem = `${images.length} levels, but pixel spacings of ${spacings.length} in the description`;
    throw new UnsupportedFormatError(name, problem, { hint: 'without them the sizes of the levels are not known' });
  }
  return Promise.all(
    images.map(async (image, index) => {
      const downsample = computeDownsample(spacings, index, name);
      const width = Math.floor(full.width / downsample.x);
      const height = Math.floor(full.height / downsample.y);
      if (width < 1 || height < 1 || image.width < width || image.height < height) {
        const stored = `directory ${image.directory.index} stores ${image.width} x ${image.height} pixels`;
        throw new TiffError(name, `${stored} of a level of ${width} x ${height}`, { directory: image.directory.index });
      }
      return withSize(await createTiffLevel(image, full, settings), { width, height, downsample });
    }),
  );
}

/** Spacings are written with few digits: a downsample is the whole number next to their ratio. */
function computeDownsample(
  spacings: PhilipsDescription['spacings'],
  index: number,
  name: string,
): { x: number; y: number } {
  const [baseY, baseX] = spacings[0] ?? [Number.NaN, Number.NaN];
  const [y, x] = spacings[index] ?? [Number.NaN, Number.NaN];
  const downsample = { x: Math.round(x / baseX), y: Math.round(y / baseY) };
  if (downsample.x >= 1 && downsample.y >= 1 && Number.isFinite(downsample.x + downsample.y)) return downsample;
  throw new UnsupportedFormatError(
    name,
    `level ${index} has the pixel spacing ${y}, ${x} where level 0 has ${baseY}, ${baseX}`,
  );
}

/** Cuts the padding: the grid of tiles stays as it is stored. */
function withSize(level: BackingLevel, size: Pick<BackingLevel, 'width' | 'height' | 'downsample'>): BackingLevel {
  const { describeTiles } = level;
  const { width, height } = size;
  const described = describeTiles && {
    describeTiles: async () => {
      const tiles = await describeTiles();
      return tiles && { ...tiles, width, height };
    },
  };
  return { ...level, ...size, ...described };
}

/** Pages in strips that name themselves; else the pictures in the description. */
async function findAssociatedImages(
  directories: readonly TiffDirectory[],
  { description, settings, notices }: { description: PhilipsDescription; settings: SlideSettings; notices: string[] },
): Promise<Map<string, () => Promise<Raster>>> {
  const pages: { name: string; directory: TiffDirectory }[] = [];
  for (const directory of directories) {
    if (directory.has(TAG.TileWidth)) continue;
    const text = (await directory.readAsciiHead(TAG.ImageDescription, 16).catch(() => undefined)) ?? '';
    const name = text.startsWith('Label') ? 'label' : text.startsWith('Macro') ? 'macro' : undefined;
    if (name !== undefined) pages.push({ name, directory });
  }
  const found = await openAssociatedPages(pages, { settings, notices });
  for (const [name, base64] of description.pictures) {
    if (!found.has(name)) found.set(name, () => decodePicture(name, base64, { directories, settings }));
  }
  return sortByName(found);
}

async function decodePicture(
  name: string,
  base64: string,
  { directories, settings }: { directories: readonly TiffDirectory[]; settings: SlideSettings },
): Promise<Raster> {
  try {
    return await decodeJpegPicture(Buffer.from(base64, 'base64'), settings.maxTileBytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const slide = directories[0]?.file.source.name ?? '';
    throw new TiffError(slide, `the ${name} image in the description can't be read: ${why}`, { directory: 0, cause });
  }
}
