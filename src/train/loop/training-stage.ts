import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../utils/canonical-json.ts';
import { OutputError, SourceError } from '../../utils/errors.ts';
import { type FolderStage, openFolderStage } from '../../utils/folder-stage.ts';
import { hashOptions, sha256 } from '../../utils/hash.ts';
import { describeChange, type StageSettings } from '../../utils/open-stage.ts';
import type { FoundRecord, InputIdentity } from '../../utils/run-record.ts';
import { VERSION } from '../../utils/version.ts';
import { METRICS_NAME } from './metrics-log.ts';
import { BEST_NAME, LAST_NAME, MODEL_NAME, VALIDATION_NAME } from './training.ts';

/** Files of a training, below its folder. */
export const OUTPUT_NAMES = [
  ...[BEST_NAME, LAST_NAME, METRICS_NAME, MODEL_NAME, `${MODEL_NAME}.data`],
  ...['model.card.json', VALIDATION_NAME, 'slides.csv', 'report.html'],
] as const;

/** What makes a training this one, and where it goes. */
export interface StagePlan {
  /** As the record names it: `train-phase1`. */
  readonly stage: string;
  readonly folder: string;
  readonly input: InputIdentity;
  /** All that have a say in the weights, as JSON values. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly resume: boolean | undefined;
  readonly overwrite: boolean | undefined;
}

/**
 * Takes the output folder. A finished training of the same options and tables is done; an unfinished one goes on with `resume`;
 * what else lies there is kept unless `overwrite` is given.
 * @throws OutputError, OutputInUseError
 */
export function openTrainingStage(plan: StagePlan): Promise<FolderStage> {
  const { stage: name, folder, input, options, resume, overwrite } = plan;
  const stage: StageSettings = { folder, stage: name, version: VERSION, input, options };
  return openFolderStage({
    ...{ ...stage, outputs: OUTPUT_NAMES, overwrite, purpose: 'training' },
    check: (found) => checkEarlier(stage, found, resume === true),
  });
}

/**
 * Tables by their content, wherever they lie, together with what else makes the input.
 * @param more hash of the model, or of the facts of feature files @throws SourceError
 */
export async function identifyTables(name: string, tables: readonly string[], more: string): Promise<InputIdentity> {
  const hashes: string[] = [];
  let size = 0;
  for (const path of tables) {
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw new SourceError(path, cause instanceof Error ? cause.message : String(cause), { cause });
    });
    size += bytes.length;
    hashes.push(sha256(bytes));
  }
  return { name, size, quickHash: sha256([...hashes, more].join('\n')) };
}

/** Hours of work are not thrown away because an option differs. A training without a checkpoint has nothing to lose. */
function checkEarlier(stage: StageSettings, found: FoundRecord, resume: boolean): void {
  const { folder, input, version, stage: name } = stage;
  if (found.kind === 'none' || !existsSync(join(folder, LAST_NAME))) return;
  const options = JSON.parse(canonicalJson(stage.options)) as Record<string, unknown>;
  const identity = { stage: name, slideloom: version, input, options, optionsHash: hashOptions(options) };
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
