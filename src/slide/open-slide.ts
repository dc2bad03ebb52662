import type { ByteSource } from '../io/source/byte-source.ts';
import { openFileSource } from '../io/source/file-source.ts';
import { openTiff } from '../io/tiff/open-tiff.ts';
import { UnsupportedFormatError } from '../utils/errors.ts';
import { SLIDE_FORMATS } from './formats.ts';
import { createSlideSettings, type SlideOptions, type SlideSettings } from './settings.ts';
import type { Slide } from './slide.ts';
import { WholeSlide } from './whole-slide.ts';

/**
 * Opens a slide from a path, or from a source, which the slide then owns: it is closed with it, also when opening fails.
 * @throws SourceError, UnsupportedFormatError, TiffError, OptionError
 */
export async function openSlide(path: string | ByteSource, options?: SlideOptions): Promise<Slide> {
  if (typeof path !== 'string') return takeSource(path, options);
  // Options are checked before a file is touched.
  createSlideSettings(options);
  return takeSource(await openFileSource(path), options);
}

async function takeSource(source: ByteSource, options: SlideOptions | undefined): Promise<Slide> {
  try {
    return await createSlide(source, createSlideSettings(options));
  } catch (error) {
    // The first error is the one to tell.
    await source.close().catch(() => {});
    throw error;
  }
}

async function createSlide(source: ByteSource, settings: SlideSettings): Promise<Slide> {
  if (source.size === 0) throw new UnsupportedFormatError(source.name, 'the file is empty (0 bytes)');
  const tiff = await openTiff(source);
  for (const format of SLIDE_FORMATS) {
    if (!(await format.detect(source, tiff))) continue;
    const backing = await format.open(source, tiff, settings);
    return new WholeSlide(format.name, source, { backing, settings });
  }
  const known = SLIDE_FORMATS.map((format) => format.name).join(', ');
  throw new UnsupportedFormatError(source.name, 'not a slide of a known format', { hint: `known formats: ${known}` });
}
