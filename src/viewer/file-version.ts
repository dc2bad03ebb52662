import { sha256 } from '../utils/hash.ts';
import { VERSION } from '../utils/version.ts';

/** Of a file as it is now: changes with the file, and with slideloom. */
export function createFileVersion(
  path: string,
  { size, mtimeMs }: { readonly size: number; readonly mtimeMs?: number | undefined },
): string {
  return sha256(JSON.stringify([path, size, mtimeMs ?? null, VERSION])).slice(0, 16);
}
