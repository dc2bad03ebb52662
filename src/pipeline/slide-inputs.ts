import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { hideSecrets, isRemoteUrl } from '../io/source/remote-address.ts';
import { findZarrFile } from '../slide/formats/ome-zarr/find-zarr.ts';
import type { MppOption } from '../slide/mpp.ts';
import { OptionError } from '../utils/errors.ts';
import { sha256 } from '../utils/hash.ts';
import { describeUnmatched, readMppTable, readRowMpp, readSlideTable } from './mpp-table.ts';
import { getSlideStem } from './slide-stem.ts';

/** One slide of a run. */
export interface SlideInput {
  /** Names the slide's folder and files: its file name without extension, made unique and safe for file systems. */
  readonly id: string;
  /** Absolute path, or the address of a remote slide without what may be secret in it: for people and records. */
  readonly path: string;
  /** What `openSlide` is given, where that is not `path`: an address with its user, password or query. */
  readonly address?: string;
  /** Microns per pixel that the user gave for this slide. */
  readonly mpp: MppOption | undefined;
}

export interface SlideInputOptions {
  /** Microns per pixel of slides that neither their list nor `mppCsv` has one for. */
  readonly mpp?: MppOption | undefined;
  /** CSV of the pixel sizes of single slides. */
  readonly mppCsv?: string | undefined;
  /** Told of rows of `mppCsv` that name none of the slides: a misspelt one would otherwise keep the size it has. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** Files that a folder is searched for, at any depth. The last four are for an OpenSlide that is installed. */
export const SLIDE_EXTENSIONS = [
  ...['svs', 'tif', 'tiff', 'ndpi', 'scn', 'bif', 'qptiff'],
  ...['mrxs', 'vms', 'vmu', 'svslide'],
] as const;

/** A DICOM slide is a folder of such files. */
const DICOM = 'dcm';
/** An OME-Zarr slide is a folder of this name. It may hold a million files: nothing is looked for in it. */
const ZARR = 'zarr';
/** Below the folder from where it is looked for, and anywhere. */
const INSIDE_ZARR = [`**/*.${ZARR}/*`, `/**/*.${ZARR}/*`];

/**
 * Turns what the user typed into slides: files, folders (searched at any depth), globs, and CSV lists with the column
 * `slide` (or TRIDENT's `wsi`) and optionally `mpp`, or `mpp_x` and `mpp_y` (paths relative to the CSV). Addresses
 * (`https://`, `s3://`) are taken as they are, alone or in a list. Sorted by path inside each input, each slide once. A file that is missing is kept: it fails as one slide of the
 * run, with its row in the manifest.
 * @throws OptionError where a folder, glob or list has no slide; SourceError for a list that can't be read.
 */
export async function resolveSlideInputs(
  inputs: readonly string[],
  options: SlideInputOptions = {},
): Promise<SlideInput[]> {
  const found = new Map<string, MppOption | undefined>();
  for (const input of inputs) {
    const slides = await expandInput(input);
    if (slides.length === 0)
      throw new OptionError('inputs', `slides (${[...SLIDE_EXTENSIONS, DICOM, ZARR].join(', ')})`, input);
    for (const { path, mpp } of slides) if (!found.has(path)) found.set(path, mpp);
  }
  const overrides = options.mppCsv ? await readMppTable(options.mppCsv) : undefined;
  const unmatched = overrides && describeUnmatched(overrides, [...found.keys()]);
  if (unmatched !== undefined) options.onWarning?.(unmatched);
  const ids = createSlideIds([...found.keys()]);
  return [...found].map(([address, own], index) => {
    const path = hideSecrets(address);
    return {
      id: ids[index] ?? '',
      path,
      ...(path !== address && { address }),
      mpp: own ?? overrides?.find(address) ?? options.mpp,
    };
  });
}

/** Files of the run itself, beside the slides' folders. */
const RESERVED: readonly string[] = ['manifest.csv', 'report.html'];

/** File names without extension; slides that would share one get a hash of their path or address behind it. */
export function createSlideIds(paths: readonly string[]): string[] {
  const stems = paths.map((path) => getSlideStem(path));
  // Compared without case: two names that differ by it alone are one file on many systems.
  const uses = new Map<string, number>();
  for (const stem of stems) uses.set(stem.toLowerCase(), (uses.get(stem.toLowerCase()) ?? 0) + 1);
  return stems.map((stem, index) => {
    const unique = uses.get(stem.toLowerCase()) === 1 && !RESERVED.includes(stem.toLowerCase());
    return unique ? stem : `${stem}-${sha256(Buffer.from(chooseHashText(paths, index))).slice(0, 8)}`;
  });
}

/** A signature is another one each day: it is left out of the hash wherever the slides can be told apart without it. */
function chooseHashText(paths: readonly string[], index: number): string {
  const path = paths[index] ?? '';
  if (!isRemoteUrl(path)) return path;
  const shown = hideSecrets(path);
  return paths.filter((other) => hideSecrets(other) === shown).length === 1 ? shown : path;
}

interface FoundSlide {
  readonly path: string;
  readonly mpp?: MppOption | undefined;
}

async function expandInput(input: string): Promise<FoundSlide[]> {
  if (isRemoteUrl(input)) return [{ path: input }];
  const stats = await stat(input).catch(() => undefined);
  if (stats?.isDirectory()) {
    const folder = resolve(input);
    if (await findZarrFile(folder)) return [{ path: folder }];
    const files = await listFiles(`**/*.{${SLIDE_EXTENSIONS.join(',')}}`, folder);
    const folders = [...(await listDicomSlides(folder)), ...(await listZarrSlides(`**/*.${ZARR}`, folder))];
    return [...files, ...folders].sort((a, b) => (a.path < b.path ? -1 : 1));
  }
  if (!stats && (await importGlob()).isDynamicPattern(input)) {
    const slides = [...(await listFiles(input, process.cwd())), ...(await listZarrSlides(input, process.cwd()))];
    return slides.sort((a, b) => (a.path < b.path ? -1 : 1));
  }
  if (input.toLowerCase().endsWith('.csv')) return readSlideList(input);
  return [{ path: resolve(input) }];
}

/** The files of one folder are one slide; a file that is alone speaks for itself. */
async function listDicomSlides(folder: string): Promise<{ path: string }[]> {
  const slides = new Map<string, string>();
  for (const { path } of await listFiles(`**/*.${DICOM}`, folder)) {
    const parent = dirname(path);
    slides.set(parent, slides.has(parent) ? parent : path);
  }
  return [...slides.values()].map((path) => ({ path }));
}

/** Loaded on use: a single slide needs none of it. */
function importGlob() {
  return import('tinyglobby');
}

/** Folders of that pattern that are Zarr by their name. */
async function listZarrSlides(pattern: string, cwd: string): Promise<{ path: string }[]> {
  const look = { absolute: true, caseSensitiveMatch: false, onlyDirectories: true, expandDirectories: false };
  const options = { ...look, cwd, ignore: INSIDE_ZARR };
  const { glob } = await importGlob();
  const folders = (await glob(pattern, options)).map((path) => ({ path: resolve(path) }));
  return folders.filter(({ path }) => path.toLowerCase().endsWith(`.${ZARR}`) && !isInsideZarr(path, cwd));
}

/** Patterns that are left out spare the walk; relative to some folders they miss, so that what was found is looked at too. */
function isInsideZarr(path: string, cwd: string): boolean {
  const below = relative(cwd, dirname(path)).split(sep);
  return below.some((name) => name.toLowerCase().endsWith(`.${ZARR}`));
}

async function listFiles(pattern: string, cwd: string): Promise<{ path: string }[]> {
  const { glob } = await importGlob();
  const files = await glob(pattern, {
    cwd,
    ignore: INSIDE_ZARR,
    absolute: true,
    caseSensitiveMatch: false,
    onlyFiles: true,
  });
  return files
    .map((path) => resolve(path))
    .filter((path) => !isInsideZarr(path, cwd))
    .sort()
    .map((path) => ({ path }));
}

async function readSlideList(file: string): Promise<FoundSlide[]> {
  const table = await readSlideTable(file);
  return table.rows.map((row, index) => {
    const name = row[table.nameColumn] ?? '';
    const path = isAbsolute(name) || isRemoteUrl(name) ? name : join(dirname(resolve(file)), name);
    return { path, mpp: readRowMpp(table, index) };
  });
}
