import { readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { isRemoteUrl } from '../io/source/remote-address.ts';
import { resolveSlideInputs } from '../pipeline/slide-inputs.ts';
import type { SlideOptions } from '../slide/settings.ts';
import { parseCsvTable } from '../utils/csv.ts';
import { SourceError } from '../utils/errors.ts';
import type { SlideAddress } from './render/picture-job.ts';

/** A slide that is served. Requests name its id; its path never comes from a request. */
export interface ServedSlide extends SlideAddress {
  readonly id: string;
  /** For people: without what may be secret in an address. */
  readonly path: string;
}

/** Fixed when the server starts. */
export interface SlideCollection {
  readonly slides: ReadonlyMap<string, ServedSlide>;
  /** Paths found in a served folder that lead out of it by links; they are not served. */
  readonly outside: readonly string[];
}

const MANIFEST = 'manifest.csv';

/**
 * The slides of files, folders (at any depth), patterns, CSV lists, addresses, and folders of runs (those of their manifest).
 * Links that lead out of a folder are left out, unless `followLinks`; what is named by itself is served wherever it lies.
 * @throws OptionError where an input has no slide; SourceError
 */
export async function collectSlides(
  inputs: readonly string[],
  { followLinks, options }: { followLinks: boolean; options: SlideOptions },
): Promise<SlideCollection> {
  const folders = await Promise.all(inputs.map(findServedFolder));
  const resolved = await resolveSlideInputs((await Promise.all(inputs.map(expandRun))).flat());
  const slides = new Map<string, ServedSlide>();
  const outside: string[] = [];
  for (const { id, path, address = path, mpp } of resolved) {
    const folder = isRemoteUrl(path) ? undefined : folders.find((one) => one && isBelow(path, one.path));
    const real = isRemoteUrl(path) ? address : await realpath(path).catch(() => path);
    const leaves = folder !== undefined && !isBelow(real, folder.real);
    if (leaves && !followLinks) outside.push(path);
    else slides.set(id, { id, path, address: real, options: { ...options, ...(mpp !== undefined && { mpp }) } });
  }
  return { slides, outside };
}

async function findServedFolder(input: string): Promise<{ path: string; real: string } | undefined> {
  // The slides of a run lie where its manifest says.
  if (isRemoteUrl(input) || !(await isFolder(input)) || (await isFile(join(input, MANIFEST)))) return undefined;
  return { path: resolve(input), real: await realpath(input) };
}

/** The slides of a run's folder, in the order of its manifest; any other input as it is. @throws SourceError */
async function expandRun(input: string): Promise<string[]> {
  const manifest = join(input, MANIFEST);
  if (isRemoteUrl(input) || !(await isFile(manifest))) return [input];
  const { rows } = parseCsvTable(await readFile(manifest, 'utf8'), manifest);
  const paths = rows.flatMap(({ path }) => (path ? [path] : []));
  if (paths.length > 0) return paths;
  throw new SourceError(manifest, 'no slides in its column "path"');
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}
