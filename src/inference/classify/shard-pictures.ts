import { readTarIndex, type TarRange } from '../../io/tar/read-tar-index.ts';
import { DatasetError } from '../../utils/errors.ts';
import type { PictureRow } from './picture-row.ts';

/** `shards/shard-000001.tar/000001234.png`: the tar file, and the entry in it. */
const IN_SHARD = /^(.+\.tar)[\\/]([^\\/]+)$/;

/**
 * Rows whose paths lead into tar files, with the places of their pictures there; others as they are. Each tar file's headers are
 * read once.
 * @throws SourceError for a tar file that can't be read; DatasetError where it does not have the entry
 */
export async function placeInShards(rows: readonly PictureRow[]): Promise<PictureRow[]> {
  const indices = new Map<string, Map<string, TarRange>>();
  const placed: PictureRow[] = [];
  for (const row of rows) {
    const [, shard, name] = IN_SHARD.exec(row.path) ?? [];
    if (shard === undefined || name === undefined) {
      placed.push(row);
      continue;
    }
    const index = indices.get(shard) ?? (await readTarIndex(shard));
    indices.set(shard, index);
    const range = index.get(name);
    if (!range) throw new DatasetError(shard, `it has no "${name}"`, { reason: 'missing-image' });
    placed.push({ ...row, path: shard, range });
  }
  return placed;
}
