import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { getRemoteFileName, hideSecrets, isRemoteUrl } from '../io/source/remote-address.ts';
import { type CsvTable, parseCsvTable } from '../utils/csv.ts';
import { OptionError, SourceError } from '../utils/errors.ts';
import { sha256 } from '../utils/hash.ts';

/** One slide of a run. */
export interface SlideInput {
  /** Names the slide's folder and files: its file name without extension, made unique and safe for file systems. */
  readonly id: string;
  /** Absolute path, or the address of a remote slide without what may be secret in it: for people and records. */
  readonly path: string;
  /** What `openSlide` is given, where that is not `path`: an address with its user, password or query. */
  readonly address?: string;
  /** Microns per pixel that the user gave for this slide. */
  readonly mpp: number | undefined;
}

/** Files that a folder is searched for, at any depth. The last four are for an OpenSlide that is installed. */
export const SLIDE_EXTENSIONS = [
  ...['svs', 'tif', 'tiff', 'ndpi', 'scn', 'bif', 'qptiff'],
  ...['mrxs', 'vms', 'vmu', 'svslide'],
] as const;

/** A DICOM slide is a folder of such files. */
const DICOM = 'dcm';

/**
 * Turns what the user typed into slides: files, folders (searched at any depth), globs, and CSV lists with the column
 * `slide` and optionally `mpp` (paths relative to the CSV). Addresses (`https://`, `s3://`) are taken as they are, alone or
 * in a list. Sorted by path inside each input, each slide once. A file that is missing is kept: it fails as one slide of the
 * run, with its row in the manifest.
 * @throws OptionError where a folder, glob or list has no slide; SourceError for a list that can't be read.
 */
export async function resolveSlideInputs(
  inputs: readonly string[],
  options: { mpp?: number | undefined; mppCsv?: string | undefined } = {},
): Promise<SlideInput[]> {
  const found = new Map<string, number | undefined>();
  for (const input of inputs) {
    const slides = await expandInput(input);
    if (slides.length === 0)
      throw new OptionError('inputs', `slides (${[...SLIDE_EXTENSIONS, DICOM].join(', ')})`, input);
    for (const { path, mpp } of slides) if (!found.has(path)) found.set(path, mpp);
  }
  const overrides = options.mppCsv ? await readMppTable(options.mppCsv) : undefined;
  const ids = createSlideIds([...found.keys()]);
  return [...found].map(([address, own], index) => {
    const path = hideSecrets(address);
    return {
      id: ids[index] ?? '',
      path,
      ...(path !== address && { address }),
      mpp: own ?? overrides?.(address) ?? options.mpp,
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

function getSlideStem(path: string): string {
  const name = isRemoteUrl(path) ? getRemoteFileName(path) : basename(path);
  const stem = name.replace(/(\.ome)?\.[^.]+$/i, '');
  return stem.replace(/[^\p{L}\p{N}._-]+/gu, '_').replace(/^\.+/, '_') || 'slide';
}

async function expandInput(input: string): Promise<{ path: string; mpp?: number }[]> {
  if (isRemoteUrl(input)) return [{ path: input }];
  const stats = await stat(input).catch(() => undefined);
  if (stats?.isDirectory()) {
    const folder = resolve(input);
    const files = await listFiles(`**/*.{${SLIDE_EXTENSIONS.join(',')}}`, folder);
    return [...files, ...(await listDicomSlides(folder))].sort((a, b) => (a.path < b.path ? -1 : 1));
  }
  if (!stats && (await importGlob()).isDynamicPattern(input)) return listFiles(input, process.cwd());
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

async function listFiles(pattern: string, cwd: string): Promise<{ path: string }[]> {
  const { glob } = await importGlob();
  const files = await glob(pattern, { cwd, absolute: true, caseSensitiveMatch: false, onlyFiles: true });
  return files.sort().map((path) => ({ path: resolve(path) }));
}

async function readSlideList(file: string): Promise<{ path: string; mpp?: number }[]> {
  const rows = await readTable(file, ['slide']);
  return rows.map((row) => {
    const name = row['slide'] ?? '';
    const path = isAbsolute(name) || isRemoteUrl(name) ? name : join(dirname(resolve(file)), name);
    return row['mpp'] ? { path, mpp: parseMpp(file, row['mpp']) } : { path };
  });
}

/** The pixel size of a slide by its path (from the table's folder) or address, its file name or its id, whichever the table has. */
async function readMppTable(file: string): Promise<(path: string) => number | undefined> {
  const rows = await readTable(file, ['slide', 'mpp']);
  const table = new Map(rows.map((row) => [row['slide'] ?? '', parseMpp(file, row['mpp'] ?? '')]));
  const from = relative.bind(undefined, dirname(resolve(file)));
  return (path) => {
    const names = isRemoteUrl(path)
      ? [path, hideSecrets(path), getRemoteFileName(path)]
      : [path, from(path), basename(path)];
    return [...names, getSlideStem(path)].map((name) => table.get(name)).find((mpp) => mpp !== undefined);
  };
}

async function readTable(file: string, columns: readonly string[]): Promise<readonly CsvTable['rows'][number][]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SourceError(file, 'the list of slides can not be read', { cause });
  });
  const table = parseCsvTable(text, file);
  const missing = columns.find((column) => !table.columns.includes(column));
  if (missing) throw new SourceError(file, `no column "${missing}" in its first line`);
  return table.rows;
}

function parseMpp(file: string, text: string): number {
  const mpp = Number(text);
  if (Number.isFinite(mpp) && mpp > 0) return mpp;
  throw new SourceError(file, `mpp is "${text}", expected a number above 0`);
}
