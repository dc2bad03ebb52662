import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OutputError } from '../../utils/errors.ts';
import {
  type FileStageSettings,
  getFileRecordPath,
  type OpenedFileStage,
  openFileStage,
} from '../../utils/file-stage.ts';
import { isOwn, isThere } from '../../utils/file-stage-outputs.ts';
import { type RunRecord, readRecordFile } from '../../utils/run-record.ts';

/**
 * As `openFileStage`, but what the same stage left there with other options or another input is replaced, as long as nobody has
 * changed it since: predictions are made anew in seconds.
 * @throws OutputError where a file is there that this stage did not make; OutputInUseError
 */
export async function openOwnStage(settings: FileStageSettings): Promise<OpenedFileStage> {
  try {
    return await openFileStage(settings);
  } catch (error) {
    const record = error instanceof OutputError ? await findOwnRecord(settings) : undefined;
    if (!record) throw error;
    const opened = await openFileStage({ ...settings, overwrite: true });
    await removeStale(record, settings);
    return opened;
  }
}

/** Says in advance what `openOwnStage` will say after hours of work. @throws OutputError where a file of others is in the way */
export async function checkOwn(settings: Pick<FileStageSettings, 'path' | 'beside' | 'stage'>): Promise<void> {
  if (await findOwnRecord(settings)) return;
  for (const path of [settings.path, ...(settings.beside ?? [])])
    if (await isThere(path))
      throw new OutputError(path, 'is there already', { hint: 'give another folder, or --overwrite' });
}

/** The stage's earlier record, where all that lies in the outputs' places is as it says. */
async function findOwnRecord(
  settings: Pick<FileStageSettings, 'path' | 'beside' | 'stage'>,
): Promise<RunRecord | undefined> {
  const found = await readRecordFile(getFileRecordPath(settings.path));
  if (found.kind !== 'record' || found.record.stage !== settings.stage) return undefined;
  for (const path of [settings.path, ...(settings.beside ?? [])])
    if ((await isThere(path)) && !(await isOwn(path, settings, found.record))) return undefined;
  return found.record;
}

/** Files of the earlier work that this one does not make. */
async function removeStale(record: RunRecord, settings: FileStageSettings): Promise<void> {
  const folder = dirname(getFileRecordPath(settings.path));
  const made = new Set([settings.path, ...(settings.beside ?? [])]);
  for (const { path } of record.beside ?? []) {
    const file = join(folder, path);
    if (!made.has(file) && (await isThere(file)) && (await isOwn(file, settings, record)))
      await rm(file, { force: true });
  }
}
