import type { Raster } from '../../io/raster.ts';
import type { ByteSource } from '../../io/source/byte-source.ts';
import { isSlideloomError, UnsupportedFormatError } from '../../utils/errors.ts';
import { applyIcc } from '../icc/apply-icc.ts';
import { resolveMpp } from '../mpp.ts';
import { RGB_CHANNEL } from '../samples/channel-list.ts';
import type { SlideSettings } from '../settings.ts';
import type { Slide } from '../slide.ts';
import type { SlideBacking } from '../slide-format.ts';
import { WholeSlide } from '../whole-slide.ts';
import type { OpenSlideLibrary } from './binding.ts';
import { loadOpenSlide } from './load-openslide.ts';
import { OpenSlideHandle } from './openslide-handle.ts';
import { chooseTileSize, createOpenSlideLevel } from './openslide-level.ts';

/**
 * Opens a slide with OpenSlide, whatever slideloom's own formats think of it. The slide owns the source, which it needs for
 * its identity only.
 * @throws MissingPartError without OpenSlide; UnsupportedFormatError, with OpenSlide's words
 */
export async function openWithOpenSlide(source: ByteSource, settings: SlideSettings): Promise<Slide> {
  if (source.path === undefined)
    throw new UnsupportedFormatError(source.name, 'OpenSlide reads files only, no bytes in memory and nothing remote');
  return openPath(await loadOpenSlide({ library: settings.openslideLibrary }), source, settings);
}

/**
 * As above, for what no format of slideloom's own takes.
 * @param known their names, for the hint
 * @throws UnsupportedFormatError, also where OpenSlide is missing: the hint says how to get it
 */
export async function openUnknownFormat(
  source: ByteSource,
  settings: SlideSettings,
  known: readonly string[],
): Promise<Slide> {
  const refuse = (more: string, cause?: unknown) =>
    new UnsupportedFormatError(source.name, 'not a slide of a known format', {
      hint: `known formats: ${known.join(', ')}${more}`,
      cause,
    });
  if (source.path === undefined) throw refuse('');
  let library: OpenSlideLibrary;
  try {
    library = await loadOpenSlide({ library: settings.openslideLibrary });
  } catch (cause) {
    if (!isSlideloomError(cause, 'missing-part')) throw cause;
    throw refuse(
      `; others (MIRAX, VMS, Sakura, Zeiss CZI) are read with OpenSlide, but ${cause.message}: ${cause.hint}`,
      cause,
    );
  }
  if (library.detectVendor(source.path) === undefined) throw refuse(`; OpenSlide ${library.version} knows it neither`);
  return openPath(library, source, settings);
}

async function openPath(library: OpenSlideLibrary, source: ByteSource, settings: SlideSettings): Promise<Slide> {
  const path = source.path ?? source.name;
  const handle = await OpenSlideHandle.open(library, path);
  try {
    const backing = await applyIcc(createBacking({ library, handle, path }, settings), settings, source.name);
    return new WholeSlide(backing.properties.get('openslide.vendor') ?? 'openslide', source, { backing, settings });
  } catch (error) {
    await handle.close();
    throw error;
  }
}

interface OpenedFile {
  readonly library: OpenSlideLibrary;
  readonly handle: OpenSlideHandle;
  readonly path: string;
}

function createBacking(file: OpenedFile, settings: SlideSettings): SlideBacking {
  const { library, handle } = file;
  const properties = handle.describe((openslide, slide) => openslide.getProperties(slide));
  const objectivePower = readNumber(properties, 'openslide.objective-power');
  return {
    levels: createLevels(file, properties),
    mpp: resolveMpp({
      override: settings.mpp,
      metadata: readPair(properties, ['openslide.mpp-x', 'openslide.mpp-y']),
      resolution: readResolution(properties),
    }),
    objectivePower,
    channels: [RGB_CHANNEL],
    properties,
    associatedImages: findAssociatedImages(file, settings),
    iccProfile: readIccProfile(file, settings),
    openslide: { version: library.version, library: library.name },
    close: () => handle.close(),
  };
}

function createLevels(file: OpenedFile, properties: ReadonlyMap<string, string>): SlideBacking['levels'] {
  const { handle, path } = file;
  const levels = handle.describe((openslide, slide) => openslide.getLevels(slide));
  const [full] = levels;
  const sound = levels.every(({ width, height, downsample }) => isSize(width) && isSize(height) && downsample > 0);
  if (!full || !sound) throw new UnsupportedFormatError(path, 'OpenSlide finds no levels with pixels in it');
  return levels.map((level, index) => {
    const { width, height } = level;
    const tile = chooseTileSize(properties, { index, width, height });
    return createOpenSlideLevel(file, { ...level, ...tile, index }, full);
  });
}

function findAssociatedImages(file: OpenedFile, settings: SlideSettings): Map<string, () => Promise<Raster>> {
  const { library, handle, path } = file;
  const images = handle.describe((openslide, slide) => openslide.getAssociatedImages(slide));
  const sorted = [...images].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    sorted.map(([name, size]) => [
      name,
      async () => {
        const { width, height } = size;
        if (!isSize(width) || !isSize(height) || width * height * 4 > settings.maxTileBytes)
          throw new UnsupportedFormatError(path, `the ${name} image of ${width} x ${height} pixels is too large`);
        return handle.readRaster(size, (slide, pixels) => library.readAssociatedImage(slide, name, pixels));
      },
    ]),
  );
}

function readIccProfile({ handle, path }: OpenedFile, settings: SlideSettings): Uint8Array | undefined {
  return handle.describe((openslide, slide) => {
    const size = openslide.getIccProfileSize(slide);
    if (size <= 0) return undefined;
    if (size > settings.maxTileBytes) throw new UnsupportedFormatError(path, `a colour profile of ${size} bytes`);
    const profile = new Uint8Array(size);
    openslide.readIccProfile(slide, profile);
    return profile;
  });
}

/** TIFF's resolution counts for generic TIFF only, as with our own reader: vendors write what they like there. */
function readResolution(properties: ReadonlyMap<string, string>) {
  const size = readPair(properties, ['tiff.XResolution', 'tiff.YResolution']);
  if (!size || properties.get('openslide.vendor') !== 'generic-tiff') return undefined;
  const unit = { inch: 2, centimeter: 3 }[properties.get('tiff.ResolutionUnit') ?? ''];
  return unit === undefined ? undefined : { ...size, unit };
}

function readPair(
  properties: ReadonlyMap<string, string>,
  [nameX, nameY]: readonly [string, string],
): { x: number; y: number } | undefined {
  const [x, y] = [readNumber(properties, nameX), readNumber(properties, nameY)];
  return x === undefined || y === undefined ? undefined : { x, y };
}

function readNumber(properties: ReadonlyMap<string, string>, name: string): number | undefined {
  const value = Number(properties.get(name) || Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function isSize(side: number): boolean {
  return Number.isSafeInteger(side) && side > 0;
}
