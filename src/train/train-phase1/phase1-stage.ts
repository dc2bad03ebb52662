import { existsSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sweepTemporary } from '../../utils/atomic-file.ts';
import { canonicalJson } from '../../utils/canonical-json.ts';
import { OutputError, SourceError } from '../../utils/errors.ts';
import { hashFile, hashOptions, sha256 } from '../../utils/hash.ts';
import { acquireLease, type Lease } from '../../utils/lease.ts';
import { describeChange, openStage, type StageSettings } from '../../utils/open-stage.ts';
import {
  type InputIdentity,
  type OutputFile,
  RECORD_NAME,
  type RunRecord,
  readRecord,
} from '../../utils/run-record.ts';
import type { StageRun } from '../../utils/stage-run.ts';
import { VERSION } from '../../utils/version.ts';
import { METRICS_NAME } from './metrics-log.ts';
import { listPhase1Options, type Phase1Settings } from './options.ts';
import type { Phase1Data } from './read-data.ts';
import type { Phase1Model } from './read-phase1-model.ts';
import { BEST_NAME, LAST_NAME } from './training.ts';

const STAGE = 'train-phase1';

/** Files of a training, below its folder. */
export const OUTPUT_NAMES = [
  ...[BEST_NAME, LAST_NAME, METRICS_NAME],
  ...['model.onnx', 'model.card.json', 'validation.csv', 'report.html'],
] as const;

export type Phase1Stage = AsyncDisposable &
  ({ readonly record: RunRecord } | { readonly run: StageRun; readonly lease: Lease; readonly resumes: boolean });

/**
 * Takes the output folder. A finished training of the same options and tables is done; an unfinished one goes on with `resume`;
 * what else lies there is kept unless `overwrite` is given.
 * @throws OutputError, OutputInUseError
 */
export async function openPhase1Stage(
  settings: Phase1Settings,
  { data, model }: { readonly data: Phase1Data; readonly model: Phase1Model },
): Promise<Phase1Stage> {
  const { out: folder, overwrite, resume } = settings;
  const input = await identifyInput(settings.train, data.tables, model);
  const lease = await acquireLease(folder);
  try {
    await sweepTemporary(folder);
    if (overwrite === true) await removeOutputs(folder);
    const stage: StageSettings = {
      folder,
      stage: STAGE,
      version: VERSION,
      input,
      // Mean and deviation may be those of the model's card.
      options: { ...listPhase1Options(settings), pictures: model.pictures },
    };
    await checkEarlier(stage, resume === true);
    const opened = await openStage(stage);
    if (opened.state === 'done') {
      await lease.release();
      return { record: opened.record, async [Symbol.asyncDispose]() {} };
    }
    const { run, state } = opened;
    run.announce(OUTPUT_NAMES);
    return {
      ...{ run, lease, resumes: state === 'resume' },
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

/** The files that are there, for the record. @throws OutputError, SourceError */
export async function listOutputFiles(folder: string): Promise<OutputFile[]> {
  const files: OutputFile[] = [];
  for (const path of OUTPUT_NAMES) {
    const file = join(folder, path);
    const status = await stat(file).catch(() => undefined);
    if (status) files.push({ path, size: status.size, sha256: await hashFile(file) });
  }
  return files;
}

/** Hours of work are not thrown away because an option differs. A training without a checkpoint has nothing to lose. */
async function checkEarlier(stage: StageSettings, resume: boolean): Promise<void> {
  const { folder, input, version } = stage;
  const found = await readRecord(folder);
  // A record's outputs are removed as outdated: never those of another stage.
  if (found.kind === 'damaged' || (found.kind === 'record' && found.record.stage !== STAGE))
    throw new OutputError(folder, 'the record of something else lies there', {
      hint: 'give a folder of its own for the training',
    });
  if (found.kind === 'none' || !existsSync(join(folder, LAST_NAME))) return;
  const options = JSON.parse(canonicalJson(stage.options)) as Record<string, unknown>;
  const identity = { stage: STAGE, slideloom: version, input, options, optionsHash: hashOptions(options) };
  const change = describeChange(found, identity);
  if (change)
    throw new OutputError(folder, `another training lies there: ${change.reason}`, {
      hint: 'give another folder, or --overwrite to replace it',
    });
  if (found.kind === 'record' && found.record.status !== 'done' && !resume)
    throw new OutputError(folder, 'an unfinished training lies there', {
      hint: '--resume goes on with it, --overwrite begins anew',
    });
}

async function removeOutputs(folder: string): Promise<void> {
  for (const name of [...OUTPUT_NAMES, RECORD_NAME]) await rm(join(folder, name), { force: true });
}

/** Tables and model by their content, wherever they lie. */
async function identifyInput(name: string, tables: readonly string[], model: Phase1Model): Promise<InputIdentity> {
  const hashes: string[] = [];
  let size = 0;
  for (const path of tables) {
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw new SourceError(path, cause instanceof Error ? cause.message : String(cause), { cause });
    });
    size += bytes.length;
    hashes.push(sha256(bytes));
  }
  return { name: basename(name), size, quickHash: sha256([...hashes, model.hash].join('\n')) };
}
