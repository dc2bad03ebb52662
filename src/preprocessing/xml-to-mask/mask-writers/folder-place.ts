import { mkdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { OutputError } from '../../../utils/errors.ts';
import { acquireLease } from '../../../utils/lease.ts';
import { toOutputError } from '../../../utils/output-error.ts';
import type { OutputPlace } from '../../convert-slide/output-place.ts';

/**
 * As `openOutputPlace`, for an output that is a folder: `temporary` is there and empty, and takes the name `path` when it is
 * accepted. Only a mask of slideloom's is ever replaced.
 * @throws OutputError where `path` is there and `overwrite` is not given, or is no such mask; OutputInUseError
 */
export async function openFolderPlace(path: string, { overwrite }: { overwrite: boolean }): Promise<OutputPlace> {
  const target = resolve(path);
  await checkTarget(target, overwrite);
  const lease = await acquireLease(`${target}.partial`);
  const temporary = join(lease.folder, 'mask');
  const replaced = join(lease.folder, 'replaced');
  try {
    // What a killed run left.
    for (const folder of [temporary, replaced]) await rm(folder, { recursive: true, force: true });
    await mkdir(temporary);
  } catch (cause) {
    await lease.release();
    throw toOutputError(temporary, cause);
  }
  return {
    temporary,
    signal: lease.signal,
    async accept() {
      const found = await checkTarget(target, overwrite);
      try {
        if (found) await rename(target, replaced);
        await rename(temporary, target);
      } catch (cause) {
        throw toOutputError(target, cause);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const folder of [temporary, replaced]) await rm(folder, { recursive: true, force: true });
      await lease.release();
      // Another process may have come in between: then the folder is its own.
      await rmdir(lease.folder).catch(() => {});
    },
  };
}

/** Whether it is there. */
async function checkTarget(target: string, overwrite: boolean): Promise<boolean> {
  const stats = await stat(target).catch(() => undefined);
  if (!stats) return false;
  if (!overwrite) throw new OutputError(target, 'is there already', { hint: 'give another path, or --overwrite' });
  const isMask = await readFile(join(target, '.zattrs'), 'utf8').then(
    (text) => text.includes('"image-label"') && text.includes('"slideloom"'),
    () => false,
  );
  if (isMask) return true;
  throw new OutputError(target, 'is no mask of slideloom and is not replaced', { hint: 'give another path' });
}
