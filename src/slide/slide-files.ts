import type { ByteSource, SourceIdentity } from '../io/source/byte-source.ts';
import { quickHash, sha256 } from '../utils/hash.ts';
import type { SlideBacking } from './slide-format.ts';

/** What a backing says of a slide that lies in several files: their names, and who it is by all of them. */
export function describeFiles(
  files: readonly ByteSource[],
): Required<Pick<SlideBacking, 'files' | 'identity' | 'computeQuickHash'>> {
  return {
    files: files.map(({ name }) => name),
    identity: joinIdentities(files),
    computeQuickHash: () => hashFiles(files),
  };
}

/** All bytes, and the youngest file's time. */
function joinIdentities(files: readonly ByteSource[]): SourceIdentity {
  const times = files.map(({ identity }) => identity.mtimeMs).filter((time) => time !== undefined);
  const size = files.reduce((sum, { identity }) => sum + identity.size, 0);
  return { size, mtimeMs: times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b)) };
}

/**
 * SHA-256 over the quick hashes of all files, sorted and each followed by a line feed: it depends neither on names nor on
 * which of the files was opened.
 */
async function hashFiles(files: readonly ByteSource[]): Promise<string> {
  const hashes: string[] = [];
  // One after another: of a slide in hundreds of files only some are open at a time.
  for (const file of files) hashes.push(await quickHash(file));
  return sha256(
    hashes
      .sort()
      .map((hash) => `${hash}\n`)
      .join(''),
  );
}
