/**
 * libopenslide as functions: the only place that knows koffi and the C interface of OpenSlide (openslide.h of 3.4 and 4).
 * It keeps no state; what belongs together (a handle, its error, its turns) is in `openslide-handle.ts`.
 */

/** An `openslide_t *`. */
export type SlidePointer = bigint;

/** The package, or what stands in for it in a test. */
export type Koffi = Pick<typeof import('koffi'), 'load' | 'decode'>;

export interface PixelBlock {
  /** Level-0 pixels of the corner. */
  readonly x: number;
  readonly y: number;
  readonly level: number;
  /** Pixels of the level. */
  readonly width: number;
  readonly height: number;
}

/** One loaded library; safe for any thread. After its first error a handle answers nothing any more but that error. */
export interface OpenSlideLibrary {
  /** As it was asked for: a path, or a name that the system found. */
  readonly name: string;
  readonly version: string;
  /** Undefined where the file is of no format that OpenSlide knows. */
  detectVendor(path: string): string | undefined;
  /** Undefined where the file is of no format that OpenSlide knows; a handle may come with an error. */
  open(path: string): Promise<SlidePointer | undefined>;
  close(slide: SlidePointer): void;
  getError(slide: SlidePointer): string | undefined;
  getProperties(slide: SlidePointer): Map<string, string>;
  /** Finest first; the downsample is OpenSlide's, one for both axes. */
  getLevels(slide: SlidePointer): { width: number; height: number; downsample: number }[];
  /** Sizes by name. */
  getAssociatedImages(slide: SlidePointer): Map<string, { width: number; height: number }>;
  /** Bytes; 0 where there is no profile, or the library is older than 4.0. */
  getIccProfileSize(slide: SlidePointer): number;
  readIccProfile(slide: SlidePointer, profile: Uint8Array): void;
  /** Premultiplied ARGB; transparent where the slide stores nothing. */
  readRegion(slide: SlidePointer, pixels: Uint32Array, block: PixelBlock): Promise<void>;
  readAssociatedImage(slide: SlidePointer, name: string, pixels: Uint32Array): Promise<void>;
}

/** @throws where the optional package is not installed, or not for this machine */
export async function importKoffi(): Promise<Koffi> {
  return import('koffi');
}

/**
 * Loads a library by path or name.
 * @param background opening and reading run on koffi's threads, and the event loop goes on; else they block
 * @throws where it can't be loaded, or lacks a function that 3.4 has
 */
export function bindOpenSlide(koffi: Koffi, name: string, background: boolean): OpenSlideLibrary {
  const library = koffi.load(name);
  const declare: Declare = (definition) => library.func(definition);
  return { name, ...bindReading(declare, background), ...bindFacts(declare, koffi.decode) };
}

/** A function by its C prototype. @throws where the library has none of that name */
type Declare = (prototype: string) => ReturnType<ReturnType<Koffi['load']>['func']>;
type Reading = 'version' | 'detectVendor' | 'open' | 'close' | 'getError' | 'readRegion' | 'readAssociatedImage';

/** A C function as koffi makes it. */
interface Native<A extends unknown[], R> {
  (...args: A): R;
  async(...args: [...A, (error: unknown, result: R) => void]): void;
}

// Pointers have no names of their own: a named type is the process's, and would clash where a second library is bound.

function bindReading(declare: Declare, background: boolean): Pick<OpenSlideLibrary, Reading> {
  const run = <A extends unknown[], R>(native: Native<A, R>): ((...args: A) => Promise<R>) =>
    background ? (...args) => runInBackground(native, args) : async (...args) => native(...args);
  const getVersion: Native<[], string> = declare('const char *openslide_get_version()');
  const detectVendor: Native<[string], string | null> = declare(
    'const char *openslide_detect_vendor(const char *path)',
  );
  const getError: Native<[SlidePointer], string | null> = declare('const char *openslide_get_error(void *slide)');
  const open = run<[string], SlidePointer | null>(declare('void *openslide_open(const char *path)'));
  const close: Native<[SlidePointer], void> = declare('void openslide_close(void *slide)');
  const readRegion = run<[SlidePointer, Uint32Array, number, number, number, number, number], void>(
    declare('void openslide_read_region(void *slide, void *to, int64_t x, int64_t y, int level, int64_t w, int64_t h)'),
  );
  const readImage = run<[SlidePointer, string, Uint32Array], void>(
    declare('void openslide_read_associated_image(void *slide, const char *name, void *to)'),
  );
  return {
    version: getVersion(),
    detectVendor: (path) => detectVendor(path) ?? undefined,
    open: async (path) => (await open(path)) ?? undefined,
    close,
    getError: (slide) => getError(slide) ?? undefined,
    readRegion: (slide, to, { x, y, level, width, height }) => readRegion(slide, to, x, y, level, width, height),
    readAssociatedImage: readImage,
  };
}

function bindFacts(declare: Declare, decode: Koffi['decode']): Omit<OpenSlideLibrary, Reading | 'name'> {
  const getNames: Native<[SlidePointer], Names> = declare('void *openslide_get_property_names(void *slide)');
  const getValue: Native<[SlidePointer, string], string | null> = declare(
    'const char *openslide_get_property_value(void *slide, const char *name)',
  );
  const countLevels: Native<[SlidePointer], number> = declare('int openslide_get_level_count(void *slide)');
  const getDownsample: Native<[SlidePointer, number], number> = declare(
    'double openslide_get_level_downsample(void *slide, int level)',
  );
  const measureLevel: Native<[SlidePointer, number, Out, Out], void> = declare(
    'void openslide_get_level_dimensions(void *slide, int level, _Out_ int64_t *w, _Out_ int64_t *h)',
  );
  const getImages: Native<[SlidePointer], Names> = declare('void *openslide_get_associated_image_names(void *slide)');
  const measureImage: Native<[SlidePointer, string, Out, Out], void> = declare(
    'void openslide_get_associated_image_dimensions(void *slide, const char *name, _Out_ int64_t *w, _Out_ int64_t *h)',
  );
  const measureProfile = tryBind<[SlidePointer], number>(
    declare,
    'int64_t openslide_get_icc_profile_size(void *slide)',
  );
  const readProfile = tryBind<[SlidePointer, Uint8Array], void>(
    declare,
    'void openslide_read_icc_profile(void *slide, void *to)',
  );
  const list = (names: Names) => decodeNames(decode, names);
  return {
    getProperties: (slide) => new Map(list(getNames(slide)).map((name) => [name, getValue(slide, name) ?? ''])),
    getLevels: (slide) =>
      Array.from({ length: Math.max(0, countLevels(slide)) }, (_, level) => ({
        ...readSize((width, height) => measureLevel(slide, level, width, height)),
        downsample: getDownsample(slide, level),
      })),
    getAssociatedImages: (slide) =>
      new Map(
        list(getImages(slide)).map((name) => [name, readSize((w, h) => measureImage(slide, name, w, h))] as const),
      ),
    getIccProfileSize: (slide) => measureProfile?.(slide) ?? 0,
    readIccProfile: (slide, profile) => readProfile?.(slide, profile),
  };
}

/** Where a C function puts one integer. */
type Out = [number];

/** A `const char * const *` that ends with a null pointer; null where the handle has an error. */
type Names = bigint | null;

const POINTER_BYTES = 8;

function decodeNames(decode: Koffi['decode'], names: Names): string[] {
  const found: string[] = [];
  for (let at = 0; names !== null; at += POINTER_BYTES) {
    const name: string | null = decode(names, at, 'const char *');
    if (name === null) break;
    found.push(name);
  }
  return found;
}

function readSize(measure: (width: Out, height: Out) => void): { width: number; height: number } {
  const [width, height]: [Out, Out] = [[-1], [-1]];
  measure(width, height);
  return { width: width[0], height: height[0] };
}

/** Undefined where the library, being older, has no such function. */
function tryBind<A extends unknown[], R>(declare: Declare, prototype: string): Native<A, R> | undefined {
  try {
    return declare(prototype);
  } catch {
    return undefined;
  }
}

function runInBackground<A extends unknown[], R>(native: Native<A, R>, args: A): Promise<R> {
  return new Promise((resolve, reject) => {
    native.async(...args, (error, result) => (error ? reject(error) : resolve(result)));
  });
}
