/** What the record of a stage with a named output says of the files that lie there; see `file-stage.ts`. */
import { stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { hashFile } from './hash.ts';
import { findDamagedOutput } from './open-stage.ts';
import type { FoundRecord, OutputFile, RunRecord } from './run-record.ts';

/** Where files are expected. */
export interface ExpectedFiles {
  /** The output. */
  readonly path: string;
  /** Further files that this work makes, anywhere. */
  readonly beside?: readonly string[] | undefined;
  /** Whether what no file listed in the record shows is as it was made, too: pieces of a folder. */
  readonly isSound?: ((record: RunRecord) => Promise<boolean>) | undefined;
}

/** Whether all files that are asked for are there as the record says: the output by its hash, those beside it by their sizes. */
export async function isWhole(folder: string, record: RunRecord, settings: ExpectedFiles): Promise<boolean> {
  const { beside = [] } = settings;
  if (record.outcome !== undefined) return record.outputs.length === 0;
  const known = new Set(record.beside?.map(({ path }) => path));
  if (!beside.every((path) => known.has(toRelative(folder, path)))) return false;
  if ((await findDamagedOutput(folder, record.beside ?? [])) !== undefined) return false;
  return isOutputWhole(folder, record, settings);
}

/** Whether the output is there as the record says, whatever lies beside it. */
export async function isOutputWhole(folder: string, record: RunRecord, { isSound }: ExpectedFiles): Promise<boolean> {
  if (record.outputs.length === 0 || (await findDamagedOutput(folder, record.outputs, true)) !== undefined)
    return false;
  return isSound === undefined || (await isSound(record));
}

/** Whether what lies at the path is what the record lists there, unchanged; a killed run says what it was about to make. */
export async function isOwn(path: string, settings: ExpectedFiles, record: RunRecord): Promise<boolean> {
  const { status, outputs, beside = [] } = record;
  const folder = dirname(resolve(settings.path));
  const at = toRelative(folder, path);
  if (status === 'running') return path === settings.path || beside.some((file) => file.path === at);
  const own = [...outputs, ...beside].filter((file) => file.path === at || file.path.startsWith(`${at}/`));
  // What was edited by hand may have kept its size, and is about to be replaced.
  if (own.length === 0 || (await findDamagedOutput(folder, own, true)) !== undefined) return false;
  return path !== settings.path || settings.isSound === undefined || settings.isSound(record);
}

export function toRelative(folder: string, path: string): string {
  return relative(folder, resolve(path)).split(sep).join('/');
}

/** Outputs of an earlier run that are as its record says, by absolute path. */
export async function listSound(folder: string, found: FoundRecord): Promise<string[]> {
  if (found.kind !== 'record') return [];
  const sound: string[] = [];
  for (const output of found.record.outputs)
    if ((await findDamagedOutput(folder, [output])) === undefined) sound.push(join(folder, output.path));
  return sound;
}

/** Those of the files that are there, as they are. */
export async function listFiles(folder: string, paths: readonly string[]): Promise<OutputFile[]> {
  const files: OutputFile[] = [];
  for (const path of paths) {
    const size = await stat(path).then(
      (found) => found.size,
      () => undefined,
    );
    const sha256 = size === undefined ? undefined : await hashFile(path).catch(() => undefined);
    if (size !== undefined && sha256 !== undefined) files.push({ path: toRelative(folder, path), size, sha256 });
  }
  return files;
}

export function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
