import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { formatBytes } from '../../../utils/memory-budget.ts';
import type { CheckResult } from './check.ts';

/** About 20,000 patches of 512 x 512 as PNG. */
const LITTLE_SPACE = 10e9;

/** Free space where `out` lies or would be made, and whether it can be written. */
export async function checkDisk({ out }: { out: string }): Promise<CheckResult> {
  const folder = await findExisting(resolve(out));
  if (!(await stat(folder)).isDirectory())
    return { status: 'fail', detail: `${folder} is a file, not a folder`, advice: 'choose another --out' };
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${formatBytes(free)} free at ${folder}`;
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!writable)
    return { status: 'fail', detail: `${folder} can not be written`, advice: 'choose an --out that you may write to' };
  if (free >= LITTLE_SPACE) return { status: 'ok', detail };
  return { status: 'warn', detail, advice: 'patches may need more: --dry-run says how much, --format jpeg needs less' };
}

/** The path itself, or the nearest folder above it that exists. */
async function findExisting(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  const parent = dirname(path);
  return exists || parent === path ? path : findExisting(parent);
}
