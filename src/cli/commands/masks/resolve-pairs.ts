import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { isRemoteUrl } from '../../../io/source/remote-address.ts';
import { createSlideIds, resolveSlideInputs, type SlideInput } from '../../../pipeline/slide-inputs.ts';
import { getSlideStem } from '../../../pipeline/slide-stem.ts';
import type { MppOption } from '../../../slide/mpp.ts';
import { parseCsvTable } from '../../../utils/csv.ts';
import { OptionError, SourceError } from '../../../utils/errors.ts';
import { RECORD_NAME } from '../../../utils/run-record.ts';

/** A file of annotations and the slide that it lies on. */
export interface MaskPair {
  /** Names the outputs: the annotation's file name without extension, made unique. */
  readonly id: string;
  readonly annotation: string;
  /** Undefined where none of the slides has its name. */
  readonly slide: SlideInput | undefined;
}

/** Files that a folder is searched for, at any depth. */
export const ANNOTATION_EXTENSIONS = ['xml', 'geojson', 'json', 'ndpa', 'annotations'] as const;

interface Found {
  readonly annotation: string;
  /** By a list. */
  readonly slide?: string | undefined;
}

/**
 * Annotation files from files, folders, patterns, and CSV lists with the columns `annotation` and `slide`; each with the slide of its
 * list, or the only one of `slides`, or the one that has its name.
 * @throws OptionError where an input has no annotations; SourceError for a list that can't be read
 */
export async function resolvePairs(
  inputs: readonly string[],
  slides: {
    slide: string | undefined;
    mpp: MppOption | undefined;
    mppCsv: string | undefined;
    /** Told of rows of `mppCsv` that are of no slide. */
    onWarning?: ((message: string) => void) | undefined;
  },
): Promise<MaskPair[]> {
  const found = (await Promise.all(inputs.map(expandInput))).flat();
  const { mpp, mppCsv, onWarning } = slides;
  const given = slides.slide === undefined ? [] : await resolveSlideInputs([slides.slide], { mpp, mppCsv, onWarning });
  const ids = createSlideIds(found.map(({ annotation }) => annotation));
  const listed = found.flatMap(({ slide }) => slide ?? []);
  const own = listed.length > 0 ? await resolveSlideInputs([...new Set(listed)], { mpp, mppCsv, onWarning }) : [];
  const byPath = new Map(own.map((input) => [input.address ?? input.path, input]));
  return found.map(({ annotation, slide }, index) => ({
    id: ids[index] ?? '',
    annotation,
    slide: slide === undefined ? chooseSlide(annotation, given, found.length) : byPath.get(slide),
  }));
}

async function expandInput(input: string): Promise<Found[]> {
  const stats = await stat(input).catch(() => undefined);
  const { glob, isDynamicPattern } = await import('tinyglobby');
  const folder = stats?.isDirectory() === true;
  if (folder || (!stats && isDynamicPattern(input))) {
    const pattern = folder ? `**/*.{${ANNOTATION_EXTENSIONS.join(',')}}` : input;
    const cwd = folder ? resolve(input) : process.cwd();
    // Records of masks lie beside them.
    const ignore = [`**/*.${RECORD_NAME}`, `**/${RECORD_NAME}`];
    const files = await glob(pattern, { cwd, ignore, absolute: true, caseSensitiveMatch: false, onlyFiles: true });
    if (files.length === 0) throw new OptionError('inputs', `annotations (${ANNOTATION_EXTENSIONS.join(', ')})`, input);
    return files.sort().map((annotation) => ({ annotation: resolve(annotation) }));
  }
  return input.toLowerCase().endsWith('.csv')
    ? readPairList(input)
    : [{ annotation: isRemoteUrl(input) ? input : resolve(input) }];
}

/** Paths are relative to the list. */
async function readPairList(file: string): Promise<Found[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SourceError(file, 'the list of annotations can not be read', { cause });
  });
  const { columns, rows, lines } = parseCsvTable(text, file);
  const missing = ['annotation', 'slide'].find((column) => !columns.includes(column));
  if (missing !== undefined) throw new SourceError(file, `no column "${missing}" in its first line`);
  const place = (path: string) => (isAbsolute(path) || isRemoteUrl(path) ? path : join(dirname(resolve(file)), path));
  return rows.map(({ annotation = '', slide = '' }, index) => {
    if (annotation === '') throw new SourceError(file, `line ${lines[index]}: names no annotation`);
    return { annotation: place(annotation), slide: slide === '' ? undefined : place(slide) };
  });
}

/** The only slide of the only annotation, or the one of its name; `slide.ndpi.ndpa` goes with `slide.ndpi`. */
function chooseSlide(annotation: string, slides: readonly SlideInput[], annotations: number): SlideInput | undefined {
  const [only] = slides;
  if (slides.length === 1 && annotations === 1) return only;
  const stem = getSlideStem(annotation);
  const own = slides.filter(({ path }) => getSlideStem(path) === stem);
  // `slide.2.xml` is of `slide.2.svs`, and of no other.
  const named =
    own.length > 0 ? own : slides.filter(({ path }) => basename(annotation).startsWith(`${basename(path)}.`));
  return named.length === 1 ? named[0] : undefined;
}
