/**
 * A stage whose output is one file or folder that the user names: its record stands beside it, as `<output>.record.json`.
 * Such a stage is done or not done: what a killed run left is made again from the start, with the same bytes.
 */
import { open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { canonicalJson } from './canonical-json.ts';
import { OutputError } from './errors.ts';
import { hashOptions } from './hash.ts';
import { acquireLease } from './lease.ts';
import { describeChange, findDamagedOutput } from './open-stage.ts';
import { toOutputError } from './output-error.ts';
import { createRunClock, describeRunError } from './run-clock.ts';
import {
  type FoundRecord,
  formatRecord,
  type InputIdentity,
  type OutputFile,
  RECORD_NAME,
  RECORD_SCHEMA,
  type RunRecord,
  readRecordFile,
} from './run-record.ts';
import type { StageIdentity, StageResult } from './stage-run.ts';

export interface FileStageSettings {
  /** The output. */
  readonly path: string;
  /** Further files that this work makes, anywhere. */
  readonly beside?: readonly string[] | undefined;
  readonly stage: string;
  readonly version: string;
  readonly input: InputIdentity;
  /** Every option that has a say in the outputs, as JSON values. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Make it in any case, and replace what is there. */
  readonly overwrite: boolean;
  /** Whether what no file listed in the record shows is as it was made, too: pieces of a folder. */
  readonly isSound?: ((record: RunRecord) => Promise<boolean>) | undefined;
}

/** Outputs are listed by their paths as the user gave them. */
export interface FileStageResult extends StageResult {
  readonly beside?: readonly OutputFile[] | undefined;
  /** What stands in the record as it is. */
  readonly result?: Readonly<Record<string, unknown>> | undefined;
}

/** All files that lie in the outputs' places are this work's own, or were given up by the user. */
export interface FileStageRun extends AsyncDisposable {
  /** Outputs that an earlier record lists and that are as it says, by absolute path: left over where this run makes none. */
  readonly earlier: readonly string[];
  /** @throws OutputError */
  finish(result: FileStageResult): Promise<RunRecord>;
  /** Ends it as failed, with the outputs that were made before. @throws OutputError */
  fail(error: unknown, result?: FileStageResult): Promise<RunRecord>;
  /** Ends it as if it had never begun. @throws OutputError */
  abandon(): Promise<void>;
}

export type OpenedFileStage =
  | { readonly state: 'done'; readonly record: RunRecord }
  | { readonly state: 'run'; readonly run: FileStageRun };

/** Beside the output. */
export function getFileRecordPath(path: string): string {
  return `${resolve(path)}.${RECORD_NAME}`;
}

/**
 * Finds that the output is there as its record says, or begins to make it.
 * @throws OutputError where a file is there that this work did not make and `overwrite` is not given; OutputInUseError where
 *   another process makes it
 */
export async function openFileStage(settings: FileStageSettings): Promise<OpenedFileStage> {
  const { stage, version, input, overwrite } = settings;
  const recordPath = getFileRecordPath(settings.path);
  const options = JSON.parse(canonicalJson(settings.options)) as Record<string, unknown>;
  const identity: StageIdentity = { stage, slideloom: version, input, options, optionsHash: hashOptions(options) };
  const found = await readRecordFile(recordPath);
  const change = describeChange(found, identity);
  const same = found.kind === 'record' && change === undefined ? found.record : undefined;
  const folder = dirname(recordPath);
  if (same?.status === 'done' && !overwrite && (await isWhole(folder, same, settings)))
    return { state: 'done', record: same };
  for (const path of overwrite ? [] : [settings.path, ...(settings.beside ?? [])])
    if ((await isThere(path)) && !(same && (await isOwn(path, settings, same)))) {
      const reason = change?.reason ?? (same && 'it is not as its record says');
      const problem = reason === undefined ? 'is there already' : `is there already, and ${reason}`;
      throw new OutputError(path, problem, { hint: 'give another path, or --overwrite' });
    }
  return { state: 'run', run: await startFileStage(settings, identity, found) };
}

/** Whether all files that are asked for are there as the record says: the output by its hash, those beside it by their sizes. */
async function isWhole(folder: string, record: RunRecord, settings: FileStageSettings): Promise<boolean> {
  const { beside = [], isSound } = settings;
  if (record.outcome !== undefined) return record.outputs.length === 0;
  const known = new Set(record.beside?.map(({ path }) => path));
  if (!beside.every((path) => known.has(toRelative(folder, path)))) return false;
  if ((await findDamagedOutput(folder, record.beside ?? [])) !== undefined) return false;
  if ((await findDamagedOutput(folder, record.outputs, true)) !== undefined) return false;
  return isSound === undefined || (await isSound(record));
}

/** Whether what lies at the path is what the record lists there, unchanged; a killed run says what it was about to make. */
async function isOwn(path: string, settings: FileStageSettings, record: RunRecord): Promise<boolean> {
  const { status, outputs, beside = [] } = record;
  const folder = dirname(resolve(settings.path));
  const at = toRelative(folder, path);
  if (status === 'running') return path === settings.path || beside.some((file) => file.path === at);
  const own = [...outputs, ...beside].filter((file) => file.path === at || file.path.startsWith(`${at}/`));
  // What was edited by hand may have kept its size, and is about to be replaced.
  if (own.length === 0 || (await findDamagedOutput(folder, own, true)) !== undefined) return false;
  return path !== settings.path || settings.isSound === undefined || settings.isSound(record);
}

function toRelative(folder: string, path: string): string {
  return relative(folder, resolve(path)).split(sep).join('/');
}

async function startFileStage(
  settings: FileStageSettings,
  identity: StageIdentity,
  found: FoundRecord,
): Promise<FileStageRun> {
  const recordPath = getFileRecordPath(settings.path);
  const folder = dirname(recordPath);
  const lease = await acquireLease(`${recordPath}.partial`);
  const clock = createRunClock();
  const write = (record: RunRecord) => replaceRecord(recordPath, join(lease.folder, 'record'), record);
  const place = (result: FileStageResult): FileStageResult => ({
    ...result,
    outputs: result.outputs?.map((file) => ({ ...file, path: toRelative(folder, file.path) })) ?? [],
    beside: result.beside?.map((file) => ({ ...file, path: toRelative(folder, file.path) })),
  });
  const dispose = async () => {
    clock[Symbol.dispose]();
    await lease.release();
    // Another process may have come in between: then the folder is its own.
    await rmdir(lease.folder).catch(() => {});
  };
  try {
    const earlier = await listSound(folder, found);
    const planned = settings.beside?.map((path) => ({ path, size: 0, sha256: '' }));
    await write(createRecord(identity, 'running', clock.measure(false), place({ beside: planned })));
    return {
      earlier,
      async finish(result) {
        const record = createRecord(identity, 'done', clock.measure(true), place(result));
        await write(record);
        return record;
      },
      async fail(error, result = {}) {
        const failed = createRecord(identity, 'failed', clock.measure(true), place(result));
        const record = { ...failed, error: describeRunError(error) };
        await write(record);
        return record;
      },
      async abandon() {
        if (found.kind === 'record') await write(found.record);
        else await rm(recordPath, { force: true });
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function listSound(folder: string, found: FoundRecord): Promise<string[]> {
  if (found.kind !== 'record') return [];
  const sound: string[] = [];
  for (const output of found.record.outputs)
    if ((await findDamagedOutput(folder, [output])) === undefined) sound.push(join(folder, output.path));
  return sound;
}

function createRecord(
  identity: StageIdentity,
  status: RunRecord['status'],
  volatile: RunRecord['volatile'],
  { counts = {}, outputs = [], badTiles = [], notices = [], outcome, beside, result }: FileStageResult = {},
): RunRecord {
  return {
    schema: RECORD_SCHEMA,
    ...identity,
    status,
    ...(outcome === undefined ? {} : { outcome }),
    counts: { ...counts },
    badTiles: [...badTiles],
    outputs: [...outputs],
    notices: [...notices],
    ...(beside === undefined || beside.length === 0 ? {} : { beside: [...beside] }),
    ...(result === undefined ? {} : { result: { ...result } }),
    volatile,
  };
}

/** In the lease's folder first, which goes with what a killed run left in it. */
async function replaceRecord(path: string, temporary: string, record: RunRecord): Promise<void> {
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(formatRecord(record));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    throw toOutputError(path, cause);
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
