/** Every fold is the validation set once, and the figures of all are put together. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OptionError, OutputError } from '../../utils/errors.ts';
import { acquireLease } from '../../utils/lease.ts';
import type { Logger } from '../../utils/log.ts';
import { RECORD_NAME } from '../../utils/run-record.ts';
import type { ExampleUnit } from '../data/example.ts';
import { writeFoldsReport } from '../report/write-folds-report.ts';
import { createFoldResult, type FoldResult, type TrainedFold } from './fold-result.ts';
import { type FoldCurves, readFoldCurves } from './read-fold.ts';
import { type FoldSummary, summarizeFolds } from './summarize-folds.ts';
import { type FoldsFacts, writeFolds } from './write-folds.ts';

export interface CrossValidation {
  readonly folder: string;
  readonly folds: readonly FoldResult[];
  /** Mean and spread by the names of the figures. */
  readonly summary: Readonly<Record<string, FoldSummary>>;
}

/** A cross-validation of either phase. */
export interface FoldsPlan {
  readonly phase: string;
  readonly unit: ExampleUnit;
  readonly out: string;
  readonly folds: number;
  /** Name of the model, or its path. */
  readonly model: string;
  /** For the report. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly logger: Logger | undefined;
  /** What was given beside: neither makes sense here. */
  readonly given: { readonly fold?: unknown; readonly validation?: unknown };
  /** Reads a fold's data without training, to find what is wrong with it. @throws DatasetError */
  check(fold: number): Promise<unknown>;
  train(fold: number, out: string): Promise<TrainedFold>;
}

/**
 * Trains once for each fold, one after another, into `fold-0`, `fold-1` ... below `out`, and writes `folds.csv`, `folds.json` and
 * `report.html` of all. Folds that an earlier run finished are not trained again.
 * @throws what `train` throws
 */
export async function trainFolds(plan: FoldsPlan): Promise<CrossValidation> {
  const { out, folds: count, logger, unit, given } = plan;
  if (given.fold !== undefined || given.validation !== undefined)
    throw new OptionError('fold', 'no fold and no validation table', given.fold ?? given.validation, {
      hint: 'every fold has its turn',
    });
  await using _lease = await acquireLease(out);
  if (existsSync(join(out, RECORD_NAME)))
    throw new OutputError(out, 'a single training lies there', { hint: 'give another folder' });
  // A fold that lacks a class is found before hours go into the others.
  for (let fold = 0; fold < count; fold++) await plan.check(fold);
  const folds: FoldResult[] = [];
  const curves: FoldCurves[] = [];
  let classes: readonly string[] = [];
  for (let fold = 0; fold < count; fold++) {
    const folder = `fold-${fold}`;
    const trained = await plan.train(fold, join(out, folder));
    const result = createFoldResult(trained, { fold, folder, unit });
    classes = trained.card.classes;
    folds.push(result);
    curves.push(await readFoldCurves(join(out, folder), classes));
    logger?.info(`fold ${fold} (of 0 to ${count - 1}): AUC ${result.metrics['auc']?.toFixed(4) ?? 'none'}`);
  }
  const { fold: _each, ...options } = plan.options;
  const facts: FoldsFacts = { classes, options, folds, summary: summarizeFolds(folds) };
  await writeFolds(out, facts);
  await writeFoldsReport(out, { ...facts, phase: plan.phase, unit, model: plan.model, curves });
  return { folder: out, folds, summary: facts.summary };
}
