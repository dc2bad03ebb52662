/** The fingerprint of a model: of all bytes that decide what it computes, wherever they lie. */
import { basename } from 'node:path';
import type { WrittenFile } from '../utils/atomic-file.ts';
import { hashFile, sha256 } from '../utils/hash.ts';
import type { OnnxModel } from './model.ts';
import { listWeightFiles } from './weight-files.ts';

/**
 * SHA-256 of a model that was read from the file `path`: that of the file, as `sha256sum` gives it; where weights lie in files
 * beside it, that of the lines `<hash of the model file>` and `<hash> <location>` for each of them, sorted by location.
 * @param model as `readModel` gave it: one that was rewritten has all its weights inside
 * @throws SourceError
 */
export async function hashModel(path: string, model: Pick<OnnxModel, 'message'>): Promise<string> {
  const beside = new Map<string, string>();
  for (const [location, file] of listWeightFiles(path, model)) beside.set(location, await hashFile(file));
  return combineHashes(await hashFile(path), beside);
}

/** The same of a model that `exportModel` has just written, without reading it again. */
export function hashWrittenModel([file, ...beside]: readonly Pick<WrittenFile, 'path' | 'sha256'>[]): string {
  return combineHashes(file?.sha256 ?? '', new Map(beside.map((one) => [basename(one.path), one.sha256])));
}

function combineHashes(file: string, beside: ReadonlyMap<string, string>): string {
  if (beside.size === 0) return file;
  const lines = [...beside].sort(([a], [b]) => (a < b ? -1 : 1)).map(([location, hash]) => `${hash} ${location}`);
  return sha256([file, ...lines].join('\n'));
}
