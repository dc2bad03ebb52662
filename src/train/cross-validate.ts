/** Cross-validation of phase 1: every fold is the validation set once, and the figures of all are put together. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OptionError, OutputError } from '../utils/errors.ts';
import { acquireLease } from '../utils/lease.ts';
import { RECORD_NAME } from '../utils/run-record.ts';
import { createFoldResult, type FoldResult } from './cross-validate/fold-result.ts';
import { type FoldCurves, readFoldCurves } from './cross-validate/read-fold.ts';
import { type FoldSummary, summarizeFolds } from './cross-validate/summarize-folds.ts';
import { type FoldsFacts, writeFolds } from './cross-validate/write-folds.ts';
import { writeFoldsReport } from './report/write-folds-report.ts';
import { listPhase1Options, type Phase1Config, type Phase1Progress, resolvePhase1 } from './train-phase1/options.ts';
import { readPhase1Data } from './train-phase1/read-data.ts';
import { trainPhase1 } from './train-phase1.ts';

export type { FoldResult } from './cross-validate/fold-result.ts';
export type { FoldSummary } from './cross-validate/summarize-folds.ts';

export interface CrossValidationConfig extends Omit<Phase1Config, 'fold' | 'validation' | 'onProgress'> {
  fold?: undefined;
  validation?: undefined;
  onProgress?: ((progress: Phase1Progress & { readonly fold: number }) => void) | undefined;
}

export interface CrossValidation {
  readonly folder: string;
  readonly folds: readonly FoldResult[];
  /** Mean and spread by the names of the figures. */
  readonly summary: Readonly<Record<string, FoldSummary>>;
}

/**
 * Trains once for each fold, one after another, into `fold-0`, `fold-1` ... below `out`, and writes `folds.csv`, `folds.json` and
 * `report.html` of all. Folds that an earlier run finished are not trained again.
 * @throws what `trainPhase1` throws
 */
export async function crossValidatePhase1(config: CrossValidationConfig): Promise<CrossValidation> {
  const settings = resolvePhase1({ ...config, onProgress: undefined });
  const { fold: one, validation }: { fold?: unknown; validation?: unknown } = config;
  if (one !== undefined || validation !== undefined)
    throw new OptionError('fold', 'no fold and no validation table', one ?? validation, {
      hint: 'every fold of `train` has its turn',
    });
  const { out, folds: count, logger } = settings;
  await using _lease = await acquireLease(out);
  if (existsSync(join(out, RECORD_NAME)))
    throw new OutputError(out, 'a single training lies there', { hint: 'give another folder' });
  // A fold that lacks a class is found before hours go into the others.
  for (let fold = 0; fold < count; fold++)
    await readPhase1Data(resolvePhase1(configureFold(config, fold, join(out, `fold-${fold}`))));
  const folds: FoldResult[] = [];
  const curves: FoldCurves[] = [];
  let classes: readonly string[] = [];
  for (let fold = 0; fold < count; fold++) {
    const folder = `fold-${fold}`;
    const trained = await trainPhase1(configureFold(config, fold, join(out, folder)));
    const result = createFoldResult(fold, folder, trained);
    classes = trained.card.classes;
    folds.push(result);
    curves.push(await readFoldCurves(join(out, folder), classes));
    logger?.info(`fold ${fold} (of 0 to ${count - 1}): AUC ${result.metrics['auc']?.toFixed(4) ?? 'none'}`);
  }
  const { fold: _each, ...options } = listPhase1Options(settings);
  const facts: FoldsFacts = { classes, options, folds, summary: summarizeFolds(folds) };
  await writeFolds(out, facts);
  await writeFoldsReport(out, { ...facts, model: settings.model, curves });
  return { folder: out, folds, summary: facts.summary };
}

function configureFold({ onProgress, ...config }: CrossValidationConfig, fold: number, out: string): Phase1Config {
  return { ...config, fold, out, ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, fold }) }) };
}
