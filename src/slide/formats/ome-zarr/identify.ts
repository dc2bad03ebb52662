import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceIdentity } from '../../../io/source/byte-source.ts';
import { quickHash, sha256 } from '../../../utils/hash.ts';
import { getObjectKey } from './array-info.ts';
import type { ZarrArray } from './zarr-array.ts';
import type { ZarrNodes } from './zarr-nodes.ts';

/**
 * Size and time of a slide in more files than can be looked at each: those of its metadata, and the times of the folders of
 * its arrays, which change when objects right below them come and go.
 */
export async function identifyZarr({ store, seen }: ZarrNodes, arrays: readonly ZarrArray[]): Promise<SourceIdentity> {
  const identities = [...seen.values()].map(({ identity }) => identity);
  for (const { info } of store.path === undefined ? [] : arrays) {
    const { mtimeMs } = await stat(join(store.path ?? '', info.path));
    identities.push({ size: 0, mtimeMs });
  }
  const size = identities.reduce((sum, one) => sum + one.size, 0);
  return { size, mtimeMs: identities.reduce((last, one) => Math.max(last, one.mtimeMs ?? 0), 0) || undefined };
}

/** A hash over all metadata that were read, and the quick hash of the object in the middle of each level. */
export async function hashZarr({ store, seen }: ZarrNodes, arrays: readonly ZarrArray[]): Promise<string> {
  const parts = [...seen].map(([key, { hash }]) => `${key} ${hash}`).sort();
  for (const { info } of arrays) {
    const grid = info.shard ?? info.chunk;
    const middle = info.shape.map((size, axis) => Math.floor((size - 1) / 2 / (grid[axis] ?? 1)));
    const key = getObjectKey(info, middle);
    parts.push(`${key} ${(await store.with(key, (source) => quickHash(source))) ?? 'none'}`);
  }
  return sha256(`${parts.join('\n')}\n`);
}
