/** A stage with a folder of its own that a user names: its lease, what lies there already, and what it leaves. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sweepTemporary } from './atomic-file.ts';
import { OutputError } from './errors.ts';
import { hashFile } from './hash.ts';
import { acquireLease, type Lease } from './lease.ts';
import { openStage, type StageSettings } from './open-stage.ts';
import { type FoundRecord, type OutputFile, RECORD_NAME, type RunRecord, readRecord } from './run-record.ts';
import type { StageRun } from './stage-run.ts';

export interface FolderStageSettings extends StageSettings {
  /** Every file that the stage may leave, below the folder. */
  outputs: readonly string[];
  /** Removes what an earlier run of the stage left. */
  overwrite?: boolean | undefined;
  /** What the folder is for, for a message: `predictions`. */
  purpose: string;
  /** Refuses what an earlier run of the stage left there. Called under the lease, and after `overwrite`. */
  check?: (found: FoundRecord) => void | Promise<void>;
}

/** Closing it gives the lease back. */
export type FolderStage = AsyncDisposable &
  (
    | { readonly state: 'done'; readonly record: RunRecord }
    | {
        readonly state: 'fresh' | 'resume';
        readonly run: StageRun;
        readonly lease: Lease;
        /** Why an earlier run does not count. */
        readonly reason: string | undefined;
      }
  );

/**
 * Takes the folder and opens the stage in it. @throws OutputError where something else lies there, and what `check` throws;
 * OutputInUseError
 */
export async function openFolderStage(settings: FolderStageSettings): Promise<FolderStage> {
  const { folder, stage, outputs, overwrite, purpose, check } = settings;
  const lease = await acquireLease(folder);
  try {
    refuseForeign(folder, await readRecord(folder), { stage, purpose });
    await sweepTemporary(folder);
    if (overwrite) for (const name of [...outputs, RECORD_NAME]) await rm(join(folder, name), { force: true });
    await check?.(await readRecord(folder));
    const opened = await openStage(settings);
    if (opened.state === 'done') {
      await lease.release();
      return { state: 'done', record: opened.record, async [Symbol.asyncDispose]() {} };
    }
    const { run, state } = opened;
    run.announce(outputs);
    return {
      ...{ state, run, lease, reason: opened.state === 'fresh' ? opened.reason : undefined },
      async [Symbol.asyncDispose]() {
        run[Symbol.dispose]();
        await lease.release();
      },
    };
  } catch (error) {
    await lease.release();
    throw error;
  }
}

/** The files that are there, for the record. @throws SourceError */
export async function listOutputFiles(folder: string, names: readonly string[]): Promise<OutputFile[]> {
  const files: OutputFile[] = [];
  for (const path of names) {
    const file = join(folder, path);
    const status = await stat(file).catch(() => undefined);
    if (status) files.push({ path, size: status.size, sha256: await hashFile(file) });
  }
  return files;
}

/** A record's outputs are removed as outdated: never those of another stage. */
function refuseForeign(
  folder: string,
  found: FoundRecord,
  { stage, purpose }: Pick<FolderStageSettings, 'stage' | 'purpose'>,
): void {
  const foreign = found.kind === 'record' ? found.record.stage !== stage : found.kind === 'damaged';
  if (foreign)
    throw new OutputError(folder, 'the record of something else lies there', {
      hint: `give a folder of its own for the ${purpose}`,
    });
}
