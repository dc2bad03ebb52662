import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sweepTemporary } from '../../utils/atomic-file.ts';
import { OutputError } from '../../utils/errors.ts';
import { hashFile, sha256 } from '../../utils/hash.ts';
import { acquireLease, type Lease } from '../../utils/lease.ts';
import { openStage } from '../../utils/open-stage.ts';
import { type OutputFile, RECORD_NAME, type RunRecord, readRecord } from '../../utils/run-record.ts';
import type { StageRun } from '../../utils/stage-run.ts';
import { VERSION } from '../../utils/version.ts';
import type { Classifier } from './open-classifier.ts';
import { type ClassifySettings, checkInputs, listClassifyOptions } from './options.ts';
import type { PictureTable } from './picture-row.ts';
import { SUMMARY_NAME } from './summary.ts';
import { PREDICTIONS_NAME, SKIPPED_NAME } from './write-predictions.ts';

const STAGE = 'predict-patches';
const OUTPUT_NAMES = [PREDICTIONS_NAME, SKIPPED_NAME, SUMMARY_NAME] as const;

export type ClassifyStage = AsyncDisposable &
  ({ readonly record: RunRecord } | { readonly run: StageRun; readonly lease: Lease });

/**
 * Takes the output folder. Predictions of the same model, options and tables are done, or are gone on with; others of this command
 * are replaced.
 * @throws OutputError where something else lies there; OutputInUseError
 */
export async function openClassifyStage(
  settings: ClassifySettings,
  { table, classifier }: { readonly table: PictureTable; readonly classifier: Classifier },
): Promise<ClassifyStage> {
  const { out: folder, overwrite, logger } = settings;
  const { facts, classes, device } = classifier;
  // Much of it is the card's, which may be another one today.
  const { pictures, outputName, activation, card } = facts;
  const read = { ...pictures, outputName, activation, threshold: card?.threshold };
  const lease = await acquireLease(folder);
  try {
    await checkEarlier(folder);
    await sweepTemporary(folder);
    if (overwrite) for (const name of [...OUTPUT_NAMES, RECORD_NAME]) await rm(join(folder, name), { force: true });
    const opened = await openStage({
      ...{ folder, stage: STAGE, version: VERSION },
      input: { name: facts.name, size: table.size, quickHash: sha256([facts.sha256, table.hash].join('\n')) },
      options: { ...listClassifyOptions(settings), input: checkInputs(settings.input), classes, device, read },
    });
    if (opened.state === 'done') {
      await lease.release();
      return { record: opened.record, async [Symbol.asyncDispose]() {} };
    }
    const { run } = opened;
    if (opened.state === 'fresh' && opened.reason !== undefined) logger?.notice(`made anew: ${opened.reason}`);
    run.announce(OUTPUT_NAMES);
    return {
      ...{ run, lease },
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
    if (existsSync(file)) files.push({ path, size: (await stat(file)).size, sha256: await hashFile(file) });
  }
  return files;
}

/** Outputs of another stage would be removed as outdated. */
async function checkEarlier(folder: string): Promise<void> {
  const found = await readRecord(folder);
  const foreign = found.kind === 'record' ? found.record.stage !== STAGE : found.kind === 'damaged';
  if (foreign)
    throw new OutputError(folder, 'the record of something else lies there', {
      hint: 'give a folder of its own for the predictions',
    });
}
