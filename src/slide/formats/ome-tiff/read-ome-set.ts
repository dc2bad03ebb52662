import { basename, dirname, join } from 'node:path';
import type { ByteSource } from '../../../io/source/byte-source.ts';
import { openFileSource } from '../../../io/source/file-source.ts';
import type { Tiff } from '../../../io/tiff/open-tiff.ts';
import { TAG } from '../../../io/tiff/tags.ts';
import { readTiffImage } from '../../../io/tiff/tiff-image.ts';
import { parseXml } from '../../../io/xml/parse-xml.ts';
import { isSlideloomError, UnsupportedFormatError } from '../../../utils/errors.ts';
import type { OwnFile } from './ome-files.ts';
import { type OmeImage, readOmeDocument } from './ome-model.ts';

/** Bytes of a companion file. */
const MAX_COMPANION = 16 * 2 ** 20;

/** The OME-XML that describes a file, and the file's part in it. */
export interface OmeSet {
  readonly own: OwnFile;
  readonly images: readonly OmeImage[];
  /** Name of the companion file that the OME-XML is in, where it is not beside: the file is then read by itself. */
  readonly missingCompanion: string | undefined;
}

/** @throws UnsupportedFormatError where the OME-XML is damaged */
export async function readOmeSet(source: ByteSource, tiff: Tiff | undefined): Promise<OmeSet> {
  const bytes = tiff
    ? await tiff.directories[0]?.readBytes(TAG.ImageDescription)
    : await source.read(0, checkCompanionSize(source));
  const { uuid, images, metadataFile } = readOmeDocument(
    parseXml(bytes ?? new Uint8Array(0), source.name),
    source.name,
  );
  const own = { source, tiff, uuid };
  if (metadataFile === undefined || !tiff) return { own, images, missingCompanion: undefined };
  const companion = await readCompanion(source, metadataFile);
  if (companion) return { own, images: companion, missingCompanion: undefined };
  return { own, images: [await describeAlone(tiff)], missingCompanion: metadataFile };
}

/** The first image whose name does not say that it is an associated one; the first of all where each one's does. */
export function chooseMainImage(images: readonly OmeImage[]): OmeImage | undefined {
  return images.find(({ name }) => getAssociatedName(name) === undefined) ?? images[0];
}

/** OME names images freely; these words mark the pictures that scanners add. */
export function getAssociatedName(name: string): 'label' | 'macro' | 'thumbnail' | undefined {
  if (/\blabel\b/i.test(name)) return 'label';
  if (/\b(macro|overview)\b/i.test(name)) return 'macro';
  return /\bthumb(nail)?\b/i.test(name) ? 'thumbnail' : undefined;
}

function checkCompanionSize({ name, size }: ByteSource): number {
  if (size <= MAX_COMPANION) return size;
  throw new UnsupportedFormatError(name, `an OME-XML file of ${size} bytes, more than ${MAX_COMPANION}`);
}

/** Undefined where the file is not beside `source`. */
async function readCompanion({ path }: ByteSource, metadataFile: string): Promise<readonly OmeImage[] | undefined> {
  if (path === undefined || basename(metadataFile) !== metadataFile) return undefined;
  const companion = await openFileSource(join(dirname(path), metadataFile)).catch((error: unknown) => {
    if (isSlideloomError(error, 'source')) return undefined;
    throw error;
  });
  if (!companion) return undefined;
  try {
    const bytes = await companion.read(0, checkCompanionSize(companion));
    return readOmeDocument(parseXml(bytes, companion.name), companion.name).images;
  } finally {
    await companion.close();
  }
}

/** The first page by itself, for a file that can't be placed in its set. */
async function describeAlone(tiff: Tiff): Promise<OmeImage> {
  const [first] = tiff.directories;
  if (!first) throw new UnsupportedFormatError(tiff.source.name, 'no page');
  const { width, height, samplesPerPixel } = await readTiffImage(first);
  const pixels = {
    ...{ order: 'CZT', type: '', significantBits: undefined },
    ...{ sizeX: width, sizeY: height, sizeZ: 1, sizeC: samplesPerPixel, sizeT: 1 },
    ...{ physicalSizeX: undefined, physicalSizeY: undefined, channels: [], blocks: [] },
  };
  return { id: '', name: '', acquisitionDate: undefined, objectivePower: undefined, pixels };
}
