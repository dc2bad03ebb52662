import { stat } from 'node:fs/promises';
import { basename, dirname, join, parse, relative, resolve, sep } from 'node:path';
import { isRemoteUrl } from '../../../io/source/remote-address.ts';
import { resolveSlideInputs, type SlideInput, type SlideInputOptions } from '../../../pipeline/slide-inputs.ts';
import { openSlide } from '../../../slide/open-slide.ts';
import { isSlideloomError, OptionError } from '../../../utils/errors.ts';

/** What is normalised: a file of one picture, or a slide. */
export interface NormalizeInput {
  readonly kind: 'picture' | 'slide';
  /** Below the folder or pattern that it was found by; the file's name where it was named itself. With `/`. */
  readonly name: string;
  /** Its folder there; pictures of one folder are of one slide. */
  readonly group: string;
  readonly path: string;
  /** How a slide is opened. */
  readonly slide?: SlideInput;
}

export interface FindOptions extends SlideInputOptions {
  /** Where outputs go: nothing is looked for in it. */
  readonly out?: string;
}

const PICTURES = ['png', 'jpg', 'jpeg'] as const;
/** A TIFF of one level with no more pixels is a picture; stain profiles know it by the same rule. */
const MOST_PIXELS = 2 ** 22;

/**
 * Pictures (PNG, JPEG, flat TIFF) and slides of files, folders, patterns, lists and addresses, sorted by name.
 * @throws OptionError where an input has none, or two have one name
 */
export async function findPictures(inputs: readonly string[], options: FindOptions): Promise<NormalizeInput[]> {
  const found = new Map<string, NormalizeInput>();
  for (const input of inputs) {
    const before = found.size;
    for (const one of await expandInput(input, options)) found.set(one.path, found.get(one.path) ?? one);
    if (found.size === before && inputs.length === 1)
      throw new OptionError('inputs', `pictures (${PICTURES.join(', ')}, tiff) or slides`, input);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function expandInput(input: string, options: FindOptions): Promise<NormalizeInput[]> {
  if (isRemoteUrl(input)) return describeSlides(input, undefined, options);
  const { glob, isDynamicPattern } = await import('tinyglobby');
  const stats = await stat(input).catch(() => undefined);
  const folder = stats?.isDirectory() === true;
  if (!folder && (stats || !isDynamicPattern(input))) {
    return isPictureName(input)
      ? [describePicture(resolve(input), undefined)]
      : describeSlides(input, undefined, options);
  }
  const base = folder ? resolve(input) : resolve(getFixedPart(input, isDynamicPattern));
  const pattern = folder ? `**/*.{${PICTURES.join(',')}}` : input;
  const cwd = folder ? base : process.cwd();
  const look = { cwd, absolute: true, caseSensitiveMatch: false, onlyFiles: true };
  const ignore = ['**/*.zarr/**'];
  const files = (await glob(pattern, { ...look, ignore })).map((path) => resolve(path)).filter(isPictureName);
  const slides = await describeSlides(input, base, options).catch((error: unknown) => {
    // Neither slides among the pictures nor pictures: the caller says so.
    if (isSlideloomError(error, 'option')) return [];
    throw error;
  });
  const out = options.out === undefined ? base : resolve(options.out);
  const outside = ({ path }: NormalizeInput) => out === base || !`${path}${sep}`.startsWith(`${out}${sep}`);
  return [...files.map((path) => describePicture(path, base)), ...slides].filter(outside);
}

function isPictureName(path: string): boolean {
  return PICTURES.some((extension) => path.toLowerCase().endsWith(`.${extension}`));
}

function describePicture(path: string, base: string | undefined): NormalizeInput {
  const name = base === undefined ? basename(path) : relative(base, path).split(sep).join('/');
  return { kind: 'picture', name, group: base === undefined ? dirname(path) : dirname(name), path };
}

/** TIFFs of a single picture among them. */
async function describeSlides(
  input: string,
  base: string | undefined,
  options: FindOptions,
): Promise<NormalizeInput[]> {
  const found: NormalizeInput[] = [];
  const { mpp, mppCsv, onWarning } = options;
  for (const slide of await resolveSlideInputs([input], { mpp, mppCsv, onWarning })) {
    const { path, id } = slide;
    if (isPictureName(path)) continue;
    if (await isPictureTiff(path)) found.push(describePicture(path, base));
    else {
      const name = base === undefined || isRemoteUrl(path) ? id : join(dirname(relative(base, path)), parse(path).name);
      found.push({ kind: 'slide', name: name.split(sep).join('/'), group: path, path, slide });
    }
  }
  return found;
}

/** What can't be opened is a slide: it fails as one, and says why. */
async function isPictureTiff(path: string): Promise<boolean> {
  if (isRemoteUrl(path) || !/\.tiff?$/i.test(path)) return false;
  try {
    await using slide = await openSlide(path);
    return slide.levels.length === 1 && slide.width * slide.height <= MOST_PIXELS;
  } catch {
    return false;
  }
}

/** The folders before the first one that has a wildcard. */
function getFixedPart(pattern: string, isDynamic: (pattern: string) => boolean): string {
  const parts = pattern.split('/');
  const end = parts.findIndex((part) => isDynamic(part));
  const fixed = parts.slice(0, end < 0 ? -1 : end).join('/');
  return fixed === '' ? (pattern.startsWith('/') ? '/' : '.') : fixed;
}
