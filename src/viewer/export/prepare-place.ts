import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sweepTemporary } from '../../utils/atomic-file.ts';
import { OptionError, OutputError } from '../../utils/errors.ts';
import { LEASE_NAME } from '../../utils/lease.ts';
import { toOutputError } from '../../utils/output-error.ts';
import { getSlideFolder, readParts, readSiteRecord, writeSiteRecord } from './export-record.ts';

/**
 * Sees that the folder is an export's own, under its lease, and notes the slides that come into it.
 * @returns files of the page of an earlier export
 * @throws OutputError where something else lies there, or slides that are not among these
 */
export async function preparePlace(
  out: string,
  slides: readonly string[],
  overwrite: boolean,
): Promise<readonly string[]> {
  checkNames(slides);
  const found = await readSiteRecord(out);
  if (!found && (await holdsAnything(out)))
    throw new OutputError(out, 'there are files that no export left', { hint: 'give a folder of its own' });
  const others = found?.slides.filter((id) => !slides.includes(id)) ?? [];
  if (others.length > 0 && !overwrite)
    throw new OutputError(out, `it holds slides that are not among these: ${others.join(', ')}`, {
      hint: 'give another folder, or --overwrite: that removes them, and makes all others anew',
    });
  await sweepTemporary(out);
  for (const id of (overwrite && found?.slides) || []) await removeSlide(out, id);
  const page = found?.page ?? [];
  await writeSiteRecord(out, { slides, page });
  return page;
}

/** Files and folders of two slides must not have the same name: `a` has the folder `a_files`. @throws OptionError */
function checkNames(slides: readonly string[]): void {
  const known = new Set(slides.map((id) => id.toLowerCase()));
  for (const id of slides)
    for (const name of [`${id}_files`, `${id}.dzi`])
      if (known.has(name.toLowerCase()))
        throw new OptionError('slides', `names that can stand beside ${JSON.stringify(id)}`, name, {
          hint: 'rename one of the two slides',
        });
}

async function holdsAnything(out: string): Promise<boolean> {
  const names = await readdir(out).catch((cause: unknown) => {
    throw toOutputError(out, cause);
  });
  return names.some((name) => name !== LEASE_NAME);
}

/** What an export made of it. @throws OutputError */
async function removeSlide(out: string, id: string): Promise<void> {
  const folder = getSlideFolder(id);
  const parts = await readParts(out, id);
  for (const path of [...parts.map((part) => part.path), `${folder}.dzi`, folder]) await removePlace(out, path);
}

/** @param path below `out`. @throws OutputError */
export async function removePlace(out: string, path: string): Promise<void> {
  await rm(join(out, path), { recursive: true, force: true }).catch((cause: unknown) => {
    throw toOutputError(join(out, path), cause);
  });
}
