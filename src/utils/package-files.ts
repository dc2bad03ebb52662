import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WorkerError } from './errors.ts';

/** slideloom's folder: the one with its package.json. Bundled or not, the code knows no other way to its own files. */
const ROOT = findRoot(new URL('.', import.meta.url));

/** What slideloom's own code reads of its package.json. */
export function readPackageJson(): { version: string; engines: { node: string } } {
  return JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));
}

/** A file of the build, such as `io/kernels/kernels.wasm`, also where slideloom runs from its sources (in tests). */
export function locateBuilt(path: string): URL {
  return new URL(`dist/${path}`, ROOT);
}

/**
 * The built file of a worker, such as `preprocessing/extract-patches/patch-worker`; built always, as Node runs no TypeScript
 * in workers on all supported versions.
 * @throws WorkerError where it has not been built
 */
export function locateWorker(path: string): URL {
  const entry = locateBuilt(`${path}.js`);
  if (existsSync(entry)) return entry;
  throw new WorkerError(`the worker ${fileURLToPath(entry)} has not been built`, { hint: 'run: npm run build' });
}

/**
 * The folder with slideloom's package.json, at `start` or above it.
 * @throws WorkerError where there is none: the code was put into another bundle
 */
export function findRoot(start: URL): URL {
  for (let folder = start; ; ) {
    const file = new URL('package.json', folder);
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'slideloom') return folder;
    const parent = new URL('..', folder);
    // At the top, which is a drive on some systems.
    if (parent.href === folder.href)
      throw new WorkerError(`no package.json of slideloom above ${fileURLToPath(start)}`, {
        hint: "bundlers must leave slideloom out (as 'external'): it starts worker threads from files of its own",
      });
    folder = parent;
  }
}
