import { realpath, stat } from 'node:fs/promises';
import { basename, resolve, win32 } from 'node:path';
import { isRemoteUrl } from '../io/source/remote-address.ts';
import { type MppTable, readMppTable } from '../pipeline/mpp-table.ts';
import { resolveSlideInputs, type SlideInput } from '../pipeline/slide-inputs.ts';
import type { SlideOptions } from '../slide/settings.ts';
import { OptionError } from '../utils/errors.ts';
import { sha256 } from '../utils/hash.ts';
import { isBelow } from './is-below.ts';
import type { SlideAddress } from './render/picture-job.ts';
import { findRunFolder, listRunSlides, type RunFolder, type RunSlide } from './run-folder.ts';

/** A slide that is served. Requests name its id; its path never comes from a request. */
export interface ServedSlide extends SlideAddress {
  readonly id: string;
  /** For people: without what may be secret in an address. */
  readonly path: string;
  /** Folder, without links, of the first run that has it. */
  readonly run?: string;
  /** Its name in each run that has it, in the order given. */
  readonly homes: readonly SlideHome[];
}

/** A slide in a folder of a run. */
export interface SlideHome {
  readonly run: RunFolder;
  /** Names its files there. */
  readonly id: string;
}

/** Fixed when the server starts. */
export interface SlideCollection {
  readonly slides: ReadonlyMap<string, ServedSlide>;
  readonly runs: readonly RunFolder[];
  /** Paths found in a served folder that lead out of it by links; they are not served. */
  readonly outside: readonly string[];
  /** Where a run had its slides, and nothing is now. */
  readonly missing: readonly string[];
}

export interface CollectOptions {
  readonly followLinks: boolean;
  readonly options: SlideOptions;
  /** CSV of the pixel sizes of single slides. */
  readonly mppCsv?: string | undefined;
}

/**
 * The slides of files, folders (at any depth), patterns, CSV lists, addresses, and folders of runs. Those of a run have its ids
 * and pixel sizes; one that is no longer where it was is that of the same file name among the other inputs. Links that lead out of a
 * folder are left out, unless `followLinks`; what is named by itself is served wherever it lies.
 * @throws OptionError where there are no slides; SourceError
 */
export async function collectSlides(inputs: readonly string[], given: CollectOptions): Promise<SlideCollection> {
  const found = await Promise.all(inputs.map((input) => findRunFolder(input, given)));
  const runs = found.filter((run) => run !== undefined);
  const { loose, outside } = await listLoose(
    inputs.filter((_, index) => !found[index]),
    given,
  );
  const listed = await Promise.all(runs.map(async (run) => ({ run, slides: await listRunSlides(run) })));
  const { placed, missing } = await placeRunSlides(listed, loose);
  const others: PlacedSlide[] = [];
  // Predictions from features alone do not say where slides are.
  const homeless = listed.flatMap(({ run, slides }) => (slides.length === 0 ? [run] : []));
  for (const { path, real, there, id, mpp } of loose) {
    const ofRun = placed.get(real);
    if (ofRun) {
      ofRun.mpp ??= mpp;
      continue;
    }
    others.push({ id, path, address: real, mpp, homes: homeless.map((run) => ({ run, id })) });
    if (!there) missing.push(path);
  }
  const all = [...placed.values(), ...others];
  if (outside.length === 0 && all.length === missing.length) refuseInputs(inputs, missing);
  const sizes = given.mppCsv === undefined ? undefined : await readMppTable(given.mppCsv);
  return { slides: createServed(all, { ...given, sizes }), runs, outside, missing };
}

function refuseInputs(inputs: readonly string[], [first]: readonly string[]): never {
  const hint = 'where a run says nothing of its slides, or they have moved, give them too: slideloom view RUN SLIDES';
  if (first === undefined)
    throw new OptionError('slides', 'slides, or runs that say where theirs are', inputs.join(', '), { hint });
  throw new OptionError('slides', 'slides that are there', first, { hint });
}

/** Where a slide is, and what is known of it. */
interface PlacedSlide {
  readonly id: string;
  readonly path: string;
  readonly address: string;
  /** Of the list that names it: what it says of the slide comes before all else. */
  mpp?: SlideOptions['mpp'];
  /** Of its run: that comes last. */
  readonly options?: RunSlide['options'];
  readonly homes: SlideHome[];
}

type LooseSlide = SlideInput & { readonly real: string; readonly there: boolean };

/** The slides of inputs that are no runs. */
async function listLoose(inputs: readonly string[], { followLinks }: CollectOptions) {
  const folders = await Promise.all(inputs.map(findServedFolder));
  const resolved = inputs.length > 0 ? await resolveSlideInputs(inputs) : [];
  const loose: LooseSlide[] = [];
  const outside: string[] = [];
  for (const input of resolved) {
    const { path, address = path } = input;
    const folder = isRemoteUrl(path) ? undefined : folders.find((one) => one && isBelow(path, one.path));
    const found = isRemoteUrl(path) ? address : await realpath(path).catch(() => undefined);
    const real = found ?? path;
    if (folder !== undefined && !isBelow(real, folder.real) && !followLinks) outside.push(path);
    else loose.push({ ...input, real, there: found !== undefined });
  }
  return { loose, outside };
}

/** Each slide once, by its file without links, with all runs that have it. */
async function placeRunSlides(
  listed: readonly { readonly slides: readonly RunSlide[] }[],
  loose: readonly LooseSlide[],
): Promise<{ placed: Map<string, PlacedSlide>; missing: string[] }> {
  const placed = new Map<string, PlacedSlide>();
  const missing: string[] = [];
  for (const { run, id, path: was, options } of listed.flatMap(({ slides }) => slides)) {
    const there = isRemoteUrl(was) ? was : await realpath(was).catch(() => undefined);
    const moved = there === undefined ? findMoved(was, loose) : undefined;
    if (there === undefined && !moved) missing.push(was);
    const address = there ?? moved?.real ?? was;
    const same = placed.get(address);
    if (same) same.homes.push({ run, id });
    else placed.set(address, { id, path: moved?.path ?? was, address, options, homes: [{ run, id }] });
  }
  return { placed, missing };
}

/** By its file name, where that is of one slide only. */
function findMoved(was: string, loose: readonly LooseSlide[]): LooseSlide | undefined {
  const [found, other] = loose.filter(
    ({ path, there }) => there && !isRemoteUrl(path) && basename(path) === getFileName(was),
  );
  return other ? undefined : found;
}

/** A run may be of another system than this one. */
function getFileName(path: string): string {
  return /^([a-z]:|\\\\)/i.test(path) ? win32.basename(path) : basename(path);
}

function createServed(
  placed: readonly PlacedSlide[],
  { options: shared, sizes }: CollectOptions & { readonly sizes: MppTable | undefined },
): Map<string, ServedSlide> {
  const slides = new Map<string, ServedSlide>();
  const taken = new Set<string>();
  for (const { id: wanted, path, address, mpp: own, options, homes } of placed) {
    const mpp = own ?? sizes?.find(path) ?? shared.mpp ?? options?.mpp;
    const id = taken.has(wanted.toLowerCase()) ? `${wanted}-${sha256(path).slice(0, 8)}` : wanted;
    taken.add(id.toLowerCase());
    const run = homes[0]?.run.path;
    const opened = { ...shared, ...options, ...(mpp !== undefined && { mpp }) };
    slides.set(id, { id, path, address, options: opened, ...(run !== undefined && { run }), homes });
  }
  return slides;
}

async function findServedFolder(input: string): Promise<{ path: string; real: string } | undefined> {
  const folder = !isRemoteUrl(input) && (await stat(input).catch(() => undefined))?.isDirectory();
  return folder ? { path: resolve(input), real: await realpath(input) } : undefined;
}
