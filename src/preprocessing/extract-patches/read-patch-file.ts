import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toOutputError } from '../../utils/output-error.ts';
import type { LedgerEntry } from './patch-ledger.ts';

/** A patch as it was written. */
export interface FinishedFile {
  /** Below the stage's folder; for a patch in a shard that of the tar file, a slash, and the entry's name. */
  readonly path: string;
  readonly entry: LedgerEntry;
}

/** The bytes of a patch's file, wherever it lies. @throws OutputError */
export async function readPatchFile(folder: string, { path, entry }: FinishedFile): Promise<Uint8Array> {
  const { packed, bytes } = entry;
  const file = join(folder, packed ? dirname(path) : path);
  try {
    if (!packed) return await readFile(file);
    await using shard = await open(file, 'r');
    const { buffer, bytesRead } = await shard.read({ buffer: Buffer.alloc(bytes), position: packed.offset });
    if (bytesRead < bytes) throw new Error('it ends inside a patch');
    return buffer;
  } catch (cause) {
    throw toOutputError(file, cause);
  }
}
