import { opendir } from 'node:fs/promises';

/** Entries fetched at once. */
const BATCH = 512;

/** Entries of a folder, without a list of them; 0 where there is no folder. */
export async function countFiles(folder: string): Promise<number> {
  let files = 0;
  const entries = await opendir(folder, { bufferSize: BATCH }).catch(() => []);
  for await (const _ of entries) files++;
  return files;
}
