/**
 * Stain normalisation of files: a picture as a picture, a slide as a pyramidal TIFF.
 *
 * Memory: a picture three times over; of a slide what conversion takes, and for each thread two pieces of 12 MiB that wait, two
 * that it works on, and 32 MiB of decoded tiles.
 */
import type { Raster } from '../io/raster.ts';
import type { Slide } from '../slide/slide.ts';
import { writeFileAtomic } from '../utils/atomic-file.ts';
import { OptionError, UnsupportedFormatError } from '../utils/errors.ts';
import { checkInteger } from '../utils/options.ts';
import type { ConvertOptions } from './convert-slide/options.ts';
import { type ConvertedSlide, convertAhead, convertSlide } from './convert-slide.ts';
import { encodePictureFile } from './normalize-files/encode-picture-file.ts';
import { checkPictureOptions, type PictureOptions } from './normalize-files/options.ts';
import { readPictureFile } from './normalize-files/read-picture-file.ts';
import { chooseRecolorWorkers, openRecolorPool } from './normalize-files/recolor-pool.ts';
import { recolorRaster } from './normalize-files/recolor-raster.ts';
import { recolorSlide } from './normalize-files/recolor-slide.ts';
import { checkPixelwise, isStainedPicture } from './normalize-files/recolorable.ts';
import type { DegenerateReason } from './stain-normalization/stain-method.ts';
import type { StainNormalizer } from './stain-normalization.ts';

export interface NormalizePictureOptions extends PictureOptions {
  normalizer: StainNormalizer;
}

export interface NormalizedPicture {
  readonly path: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly status: 'normalized' | 'kept';
  readonly reason?: DegenerateReason | undefined;
}

/**
 * Writes the picture at `input` (PNG, JPEG or TIFF of 8-bit RGB, with or without alpha) to `path` in the target's colours,
 * upright and with its alpha. One that stays as it is and keeps its format is copied byte for byte.
 * @throws OptionError, SourceError, UnsupportedFormatError, CodecError, OutputError; StainError as the normaliser does
 */
export async function normalizePicture(
  input: string,
  path: string,
  options: NormalizePictureOptions,
): Promise<NormalizedPicture> {
  const { format: choice, quality } = checkPictureOptions(options);
  const picture = await readPictureFile(input);
  const { width, height, channels, density } = picture;
  const format = choice === 'same' ? picture.format : choice;
  const { pixels, status, reason } = options.normalizer.transform(picture);
  const same = status === 'kept' && format === picture.format;
  const encoded = same
    ? picture.bytes
    : await encodePictureFile(input, { width, height, channels, density, data: pixels }, { format, quality });
  const { bytes } = await writeFileAtomic(path, encoded);
  return { path, bytes, width, height, status, ...(reason && { reason }) };
}

/** As for `convertSlide`; stored tiles can't be copied, since their colours change. */
export interface NormalizeSlideOptions extends Omit<ConvertOptions, 'copy' | 'composite'> {
  normalizer: StainNormalizer;
  /**
   * Threads that read the slide and change its colours; 0 for the caller's own. Default: one a core, at most four; none for a slide of
   * fewer than 2^28 pixels, where they take longer to start than they save.
   */
  workers?: number | undefined;
}

export type NormalizedSlide = ConvertedSlide & {
  readonly status: 'normalized' | 'kept';
  readonly reason?: DegenerateReason | undefined;
};

/**
 * Writes `slide` to `path` as a pyramidal TIFF in the target's colours: each level by the same transform, so that there are no
 * seams. Pictures beside the scan keep their colours. A slide whose stains can't be told is converted as it is.
 * @throws OptionError for a normaliser that looks at each picture by itself; UnsupportedFormatError for what is not 8-bit RGB;
 *   else what `convertSlide` throws
 */
export async function normalizeSlide(
  slide: Slide,
  path: string,
  { normalizer, workers, ...options }: NormalizeSlideOptions,
): Promise<NormalizedSlide> {
  if (workers !== undefined) checkInteger('workers', workers, { min: 0 });
  await checkNormalizer(normalizer);
  checkSlide(slide);
  const { profile } = normalizer;
  if (!profile?.statistics) {
    const reason = profile?.reason ?? 'empty';
    return { ...(await convertSlide(slide, path, options)), status: 'kept', reason };
  }
  const threads = chooseRecolorWorkers(slide, workers);
  await using pool = threads > 0 ? await openRecolorPool(slide, normalizer, threads) : undefined;
  const recolor = (raster: Raster) => recolorRaster(normalizer, raster);
  const recolored = recolorSlide(slide, { recolor, readRegion: pool?.readRegion });
  const convert = { options: { ...options, copy: false }, ahead: pool?.ahead ?? 1 };
  return { ...(await convertAhead(recolored, path, convert)), status: 'normalized' };
}

async function checkNormalizer({ fit, method }: StainNormalizer): Promise<void> {
  if (fit === 'patch')
    throw new OptionError('fit', 'slide or cohort for a slide', fit, {
      hint: 'with stains of its own for each piece a slide would have seams',
    });
  await checkPixelwise(method);
}

function checkSlide(slide: Slide): void {
  if (isStainedPicture(slide)) return;
  throw new UnsupportedFormatError(slide.name, 'stains are told from 8-bit RGB, which this slide is not', {
    hint: 'channels of fluorescence have no stains; of RGB with 16 bits make a TIFF by `slideloom convert --composite`',
  });
}
