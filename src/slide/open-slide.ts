import { stat } from 'node:fs/promises';
import { isDicomFile } from '../io/dicom/read-head.ts';
import type { ByteSource } from '../io/source/byte-source.ts';
import { openSource } from '../io/source/open-source.ts';
import { isRemoteUrl } from '../io/source/remote-address.ts';
import { openTiff, type Tiff } from '../io/tiff/open-tiff.ts';
import { isSlideloomError, OptionError, UnsupportedFormatError } from '../utils/errors.ts';
import { isZarrAddress } from './formats/ome-zarr/zarr-names.ts';
import { SLIDE_FORMATS } from './formats.ts';
import { applyIcc } from './icc/apply-icc.ts';
import { isForeignName } from './openslide/foreign-names.ts';
import { createSlideSettings, type SlideOptions, type SlideSettings } from './settings.ts';
import type { Slide } from './slide.ts';
import type { SlideFormat } from './slide-format.ts';
import { WholeSlide } from './whole-slide.ts';

/**
 * Opens a slide from a path, from an address (`https://`, `http://`, `s3://`; see docs/remote.md), or from a source, which
 * the slide then owns: it is closed with it, also when opening fails.
 * @throws SourceError, RemoteError, UnsupportedFormatError, TiffError, OptionError; MissingPartError where OpenSlide is
 *   asked for and absent
 */
export async function openSlide(path: string | ByteSource, options?: SlideOptions): Promise<Slide> {
  if (typeof path !== 'string') return takeSource(path, options);
  // Options are checked before a file is touched.
  createSlideSettings(options);
  return takeSource(await openPath(path, options), options);
}

async function openPath(path: string, options: SlideOptions | undefined): Promise<ByteSource> {
  if (!isZarrAddress(path)) return openSource(await findInFolder(path), options);
  return (await import('./formats/ome-zarr/find-zarr.ts')).openZarrAddress(path, options);
}

/** The file to open for a folder that is a slide; any other path as it is. @throws UnsupportedFormatError */
async function findInFolder(path: string): Promise<string> {
  if (isRemoteUrl(path)) return path;
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) return path;
  const zarr = await (await import('./formats/ome-zarr/find-zarr.ts')).findZarrFile(path);
  return zarr ?? (await import('./formats/dicom/find-slide-file.ts')).findDicomSlide(path);
}

async function takeSource(source: ByteSource, options: SlideOptions | undefined): Promise<Slide> {
  try {
    return await createSlide(source, createSlideSettings(options));
  } catch (error) {
    // The first error is the one to tell; what a server failed to give comes before what its absence led to.
    await source.close().catch(() => {});
    throw source.failure ?? error;
  }
}

async function createSlide(source: ByteSource, settings: SlideSettings): Promise<Slide> {
  const { backend } = settings;
  // Loaded where it is needed only: most slides never do.
  const importOpenSlide = () => {
    checkPlaneOptions({ name: 'openslide' }, settings);
    return import('./openslide/open-with-openslide.ts');
  };
  const known = SLIDE_FORMATS.map((format) => format.name);
  if (backend === 'openslide') return (await importOpenSlide()).openWithOpenSlide(source, settings);
  if (backend === 'auto' && isForeignName(source.name))
    return (await importOpenSlide()).openUnknownFormat(source, settings, known);
  if (source.size === 0) throw new UnsupportedFormatError(source.name, 'the file is empty (0 bytes)');
  const tiff = await openTiffOf(source);
  for (const { load } of SLIDE_FORMATS) {
    const format = await load();
    if (!(await format.detect(source, tiff))) continue;
    checkPlaneOptions(format, settings);
    const backing = await format.open(source, tiff, settings);
    try {
      // Formats pass over what they can't read; what a server failed to give must not be missing in silence.
      if (source.failure) throw source.failure;
      const shown = await applyIcc(backing, settings, source.name);
      return new WholeSlide(format.name, source, { backing: shown, settings });
    } catch (error) {
      // A channel that the slide does not have, a profile that can't be applied.
      await backing.close?.().catch(() => {});
      throw error;
    }
  }
  if (backend === 'auto') return (await importOpenSlide()).openUnknownFormat(source, settings, known);
  const hint = `known formats: ${known.join(', ')}; OpenSlide may know it: --backend auto, or openslide`;
  throw new UnsupportedFormatError(source.name, 'not a slide of a known format', { hint });
}

/** DICOM files may begin like a TIFF whose directories are no longer there: archives keep the first bytes, and no more. */
async function openTiffOf(source: ByteSource): Promise<Tiff | undefined> {
  try {
    return await openTiff(source);
  } catch (error) {
    if (isSlideloomError(error, 'tiff') && (await isDicomFile(source))) return undefined;
    throw error;
  }
}

/** A plane can't be asked of a format that has one only. @throws OptionError */
function checkPlaneOptions(
  { name, selectsPlanes }: Pick<SlideFormat, 'name' | 'selectsPlanes'>,
  { z, t }: SlideSettings,
): void {
  if (selectsPlanes) return;
  if (z !== 0) throw new OptionError('z', `0 for a slide of the format ${name}`, z);
  if (t !== 0) throw new OptionError('t', `0 for a slide of the format ${name}`, t);
}
