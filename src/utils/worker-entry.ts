import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WorkerError } from './errors.ts';

/**
 * The file that a worker loads. Node runs no TypeScript in workers on all supported versions, so where slideloom itself
 * runs from its sources (in tests) the built twin is taken: `src/a/b.ts` → `dist/a/b.js`. Other files pass as they are.
 */
export function resolveWorkerEntry(entry: URL): URL {
  if (!entry.pathname.endsWith('.ts')) return entry;
  const at = entry.pathname.lastIndexOf('/src/');
  const built = new URL(entry);
  built.pathname = `${entry.pathname.slice(0, at)}/dist/${entry.pathname.slice(at + 5, -3)}.js`;
  if (at >= 0 && existsSync(fileURLToPath(built))) return built;
  throw new WorkerError(`the worker ${fileURLToPath(built)} has not been built`, { hint: 'run: npm run build' });
}
