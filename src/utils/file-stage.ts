/**
 * A stage whose output is one file or folder that the user names: its record stands beside it, as `<output>.record.json`.
 * Such a stage is done or not done: what a killed run left is made again from the start, with the same bytes. Where one
 * failed when its output was whole, only what belongs beside it is made.
 */
import { open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { canonicalJson } from './canonical-json.ts';
import { OutputError } from './errors.ts';
import {
  type ExpectedFiles,
  isOutputWhole,
  isOwn,
  isThere,
  isWhole,
  listFiles,
  listSound,
  toRelative,
} from './file-stage-outputs.ts';
import { hashOptions } from './hash.ts';
import { acquireLease } from './lease.ts';
import { describeChange } from './open-stage.ts';
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

export interface FileStageSettings extends ExpectedFiles {
  readonly stage: string;
  readonly version: string;
  readonly input: InputIdentity;
  /** Every option that has a say in the outputs, as JSON values. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Make it in any case, and replace what is there. */
  readonly overwrite: boolean;
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
  /** The record of the same work, where its output is as it says: then only files beside it are missing. */
  readonly made: RunRecord | undefined;
  /** @throws OutputError */
  finish(result: FileStageResult): Promise<RunRecord>;
  /** Ends it as failed, with the outputs that were made before and whatever lies beside them. @throws OutputError */
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
  const made = same && !overwrite && (await isOutputWhole(folder, same, settings)) ? same : undefined;
  return { state: 'run', run: await startFileStage(settings, identity, { found, made }) };
}

async function startFileStage(
  settings: FileStageSettings,
  identity: StageIdentity,
  { found, made }: { readonly found: FoundRecord; readonly made: RunRecord | undefined },
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
    // There is one where the disk had no room for it.
    await rm(join(lease.folder, 'record'), { force: true });
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
      made,
      async finish(result) {
        const record = createRecord(identity, 'done', clock.measure(true), place(result));
        await write(record);
        return record;
      },
      async fail(error, result = {}) {
        const made = { ...place(result), beside: await listFiles(folder, settings.beside ?? []) };
        const failed = createRecord(identity, 'failed', clock.measure(true), made);
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
