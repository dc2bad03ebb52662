import { describeCompression, loadTiffCodec } from '../../io/codec/codecs.ts';
import type { TiffDirectory } from '../../io/tiff/directory.ts';
import type { Tiff } from '../../io/tiff/open-tiff.ts';
import { TAG } from '../../io/tiff/tags.ts';
import { readTiffImage, type TiffImage } from '../../io/tiff/tiff-image.ts';
import { UnsupportedFormatError } from '../../utils/errors.ts';
import { resolveMpp } from '../mpp.ts';
import { withNotices } from '../notices.ts';
import { isSamePhotometric } from '../photometric.ts';
import type { SlideFormat } from '../slide-format.ts';
import { readIccProfile, readResolution, readTiffProperties } from '../tiff-properties.ts';
import { createGenericLevels } from './channels/generic-levels.ts';
import { findNamedPages, readConvertedFacts } from './generic-tiff/converted-slide.ts';

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
    const notices: string[] = [];
    const named = await findNamedPages(tiff, settings);
    const images = [full, ...(await findReducedImages(named.rest, full, notices))];
    const { levels, channels } = await createGenericLevels(images, settings);
    const override = settings.mpp;
    return {
      levels,
      mpp: resolveMpp({ override, resolution: await readResolution(first) }),
      ...(await readConvertedFacts(first)),
      channels,
      properties: withNotices(await readTiffProperties(first), notices),
      associatedImages: named.images,
      iccProfile: await readIccProfile(first),
    };
  },
};

/** Largest first, each smaller than the one before. What is left out is told. */
async function findReducedImages(tiff: Tiff, full: TiffImage, notices: string[]): Promise<TiffImage[]> {
  const levels: TiffImage[] = [];
  const candidates = await listCandidates(tiff, notices);
  for (const image of candidates.sort((a, b) => b.width - a.width)) {
    const reason = await explainNoLevel(image, full, levels.at(-1) ?? full);
    if (reason === undefined) levels.push(image);
    else if (!isMask(image)) notices.push(`${describePage(image)} is left out: ${reason}`);
  }
  return levels;
}

/** Later pages that are marked as reduced copies, and the first page's SubIFDs. */
async function listCandidates(tiff: Tiff, notices: string[]): Promise<TiffImage[]> {
  const candidates: TiffImage[] = [];
  let others = 0;
  for (const page of tiff.directories.slice(1)) {
    const image = await readImage(page, `page ${page.index}`, notices);
    if (image && (image.subfileType & REDUCED) !== 0) candidates.push(image);
    else if (image && !isMask(image)) others++;
  }
  if (others > 0) notices.push(`${others} other page${others > 1 ? 's' : ''} of the file: no part of the slide`);
  for (const sub of await readSubDirectories(tiff, notices)) {
    const image = await readImage(sub, 'a SubIFD', notices);
    if (image) candidates.push(image);
  }
  return candidates;
}

async function readSubDirectories(tiff: Tiff, notices: string[]): Promise<TiffDirectory[]> {
  const first = tiff.directories[0];
  if (!first?.has(TAG.SubIFDs)) return [];
  return tiff.readSubDirectories(first).catch((error: unknown) => {
    notices.push(`the first page's SubIFDs are left out: ${explain(error)}`);
    return [];
  });
}

/** One that is damaged costs that page, not the slide. */
async function readImage(directory: TiffDirectory, what: string, notices: string[]): Promise<TiffImage | undefined> {
  return readTiffImage(directory).catch((error: unknown) => {
    notices.push(`${what} is left out: ${explain(error)}`);
    return undefined;
  });
}

/** Bits of NewSubfileType (tag 254). */
const REDUCED = 1;
const MASK = 4;
/** Photometric interpretation of a transparency mask. */
const TRANSPARENCY = 4;

function isMask({ subfileType, photometric }: TiffImage): boolean {
  return (subfileType & MASK) !== 0 || photometric === TRANSPARENCY;
}

/** Why an image can't be a level below `above`; undefined where it can. */
async function explainNoLevel(image: TiffImage, full: TiffImage, above: TiffImage): Promise<string | undefined> {
  if (image.width >= above.width) return 'it is no smaller than the level before';
  if (!hasShapeOf(image, full)) return 'it is not of the shape of the first page';
  const alike = (['samplesPerPixel', 'bitsPerSample', 'sampleFormat'] as const).every(
    (key) => image[key] === full[key],
  );
  if (!alike || !isSamePhotometric(image.photometric, full.photometric))
    return 'its samples are not those of the first page';
  if (image.compression === full.compression || (await loadTiffCodec(image.compression))) return undefined;
  return describeCompression(image.compression);
}

function describePage({ directory, width, height }: TiffImage): string {
  return `${directory.index === 0 ? 'a SubIFD' : `page ${directory.index}`} of ${width} x ${height} pixels`;
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Same aspect, when sides may be rounded by one pixel. */
function hasShapeOf(image: TiffImage, full: TiffImage): boolean {
  const scale = full.width / image.width;
  return Math.abs(full.height / scale - image.height) <= 1 + full.height / scale / image.width;
}
