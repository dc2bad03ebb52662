import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WorkerError } from './errors.ts';

/** slideloom's folder: the one with its package.json. Bundled or not, the code knows no other way to its own files. */
const ROOT = findRoot();

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

function findRoot(): URL {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder)) && folder.pathname !== '/') folder = new URL('..', folder);
  return folder;
}
