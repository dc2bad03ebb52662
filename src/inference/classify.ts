/** Predictions of a classifier for pictures: any ONNX model, batch by batch, into a table. */
import { createDecodePool } from '../train/batches/decode-pool.ts';
import { checkImages } from '../train/data/check-images.ts';
import { sweepTemporary } from '../utils/atomic-file.ts';
import { listOutputFiles } from '../utils/folder-stage.ts';
import type { RunRecord } from '../utils/run-record.ts';
import type { StageRun } from '../utils/stage-run.ts';
import { OUTPUT_NAMES, openClassifyStage } from './classify/classify-stage.ts';
import { computeFigures, type Figures } from './classify/compute-figures.ts';
import { type Classifier, openClassifier } from './classify/open-classifier.ts';
import { type ClassifyConfig, type ClassifySettings, checkInputs, resolveClassify } from './classify/options.ts';
import type { PictureTable } from './classify/picture-row.ts';
import { predictBatches } from './classify/predict-batches.ts';
import {
  createPredictionStore,
  fromJournalItem,
  type PredictionStore,
  toJournalItem,
} from './classify/prediction-store.ts';
import { readClassifier } from './classify/read-classifier.ts';
import { readPictures } from './classify/read-pictures.ts';
import { createScoring, type Scoring } from './classify/score-rows.ts';
import { type PredictionSummary, readSummary, writeSummary } from './classify/summary.ts';
import { type PredictionCounts, writePredictions, writeSkipped } from './classify/write-predictions.ts';

export { CLASSIFY_DEFAULTS, type ClassifyConfig, type ClassifyProgress } from './classify/options.ts';
export type { PredictionSummary } from './classify/summary.ts';

/** What predictions left in their folder. */
export interface ClassifyResult {
  /** `done` where an earlier run had finished them. */
  readonly state: 'done' | 'predicted';
  readonly folder: string;
  readonly summary: PredictionSummary;
  readonly record: RunRecord;
}

/**
 * Classifies pictures and leaves in `out`: `predictions.csv`, `summary.json`, `record.json`, and `skipped.csv` where pictures were left
 * out. On the processor the same config gives the same bytes, whatever the number of threads and however often it was stopped or
 * killed and started again.
 * @throws OptionError, SourceError, DatasetError, ModelError, SessionError, OutputError, OutputInUseError, AbortedError
 */
export async function classify(config: ClassifyConfig): Promise<ClassifyResult> {
  const settings = resolveClassify(config);
  const { out: folder, workers, device, threads, logger, onBadImage } = settings;
  const table = await readPictures(checkInputs(settings.input), settings);
  const facts = await readClassifier(settings);
  // With `skip` missing pictures are found where damaged ones are: when they are due.
  if (onBadImage === 'fail') await checkImages(table.rows, onBadImage);
  await using classifier = await openClassifier(facts, { device, threads, ownThread: workers > 0, logger });
  await using stage = await openClassifyStage(settings, { table, classifier });
  if (stage.state === 'done')
    return { state: 'done', folder, summary: await readSummary(folder), record: stage.record };
  const signal = AbortSignal.any([stage.lease.signal, ...(settings.signal ? [settings.signal] : [])]);
  const { run } = stage;
  try {
    const store = await predictAll({ settings, table, classifier, signal }, run);
    const summary = await writeResults(settings, { table, classifier, store });
    const outputs = await listOutputFiles(folder, OUTPUT_NAMES);
    const counts = { pictures: summary.pictures, skipped: summary.skipped };
    const notices = [...store.bad].sort(([a], [b]) => a - b).map(([, message]) => `left out: ${message}`);
    return { state: 'predicted', folder, summary, record: await run.finish({ counts, outputs, notices }) };
  } catch (error) {
    // Where the folder was lost to another run, nothing is written.
    if (stage.lease.signal.aborted) throw stage.lease.signal.reason;
    // The error of the run is what counts, also where there is no room left for a record of it.
    await run.fail(error).catch(() => undefined);
    throw error;
  }
}

interface Parts {
  readonly settings: ClassifySettings;
  readonly table: PictureTable;
  readonly classifier: Classifier;
  readonly signal: AbortSignal;
}

/** All outputs of the model; batches of an earlier run are taken from its journal. */
async function predictAll({ settings, table, classifier, signal }: Parts, run: StageRun): Promise<PredictionStore> {
  const { rows } = table;
  const { workers, batchSize, onBadImage, logger, onProgress } = settings;
  const store = createPredictionStore(rows.length, classifier.width);
  const done = new Set<number>();
  for (const item of run.finished.values()) {
    const batch = fromJournalItem(item, classifier.width);
    if (!batch) continue;
    store.add(batch);
    done.add(batch.index);
  }
  if (done.size > 0) logger?.info(`goes on behind ${store.done} of ${rows.length} pictures`);
  const options = {
    ...{ batchSize: classifier.facts.batch ?? batchSize, onBadImage, signal },
    isDone: (index: number) => done.has(index),
  };
  await using pool = createDecodePool(workers);
  onProgress?.({ done: store.done, total: rows.length });
  for await (const batch of predictBatches(classifier, rows, { pool, options })) {
    store.add(batch);
    run.append([toJournalItem(batch)]);
    for (const { message } of batch.bad) logger?.warn(`left out: ${message}`);
    onProgress?.({ done: store.done, total: rows.length });
  }
  return store;
}

async function writeResults(
  settings: ClassifySettings,
  { table, classifier, store }: Omit<Parts, 'settings' | 'signal'> & { readonly store: PredictionStore },
): Promise<PredictionSummary> {
  const { out, threshold } = settings;
  const scoring = createScoring(classifier, threshold);
  const counts = await writePredictions(out, table, { store, scoring });
  if (store.bad.size > 0) await writeSkipped(out, table, store);
  const figures = computeFigures(table, { store, scoring });
  const summary = describe({ table, classifier, store }, { scoring, counts, figures });
  await writeSummary(out, summary);
  // The folder that the tables were written in.
  await sweepTemporary(out);
  return summary;
}

function describe(
  { table, classifier, store }: { table: PictureTable; classifier: Classifier; store: PredictionStore },
  { scoring, counts, figures }: { scoring: Scoring; counts: PredictionCounts; figures: Figures | undefined },
): PredictionSummary {
  const { facts, device, activation } = classifier;
  return {
    schema: 'slideloom/predictions/v1',
    model: { name: facts.name, sha256: facts.sha256, device },
    classes: [...scoring.classes],
    activation,
    threshold: scoring.threshold ?? null,
    pictures: table.rows.length - store.bad.size,
    skipped: store.bad.size,
    predicted: { ...counts.predicted },
    decided: counts.decided ? { ...counts.decided } : null,
    figures: figures ? describeFigures(figures) : null,
  };
}

function describeFigures({ evaluation, labelled }: Figures): NonNullable<PredictionSummary['figures']> {
  const { auc, averagePrecision, logLoss, brier, calibrationError, accuracy, balancedAccuracy, macroF1 } = evaluation;
  const { auc: interval } = evaluation.intervals;
  return {
    labelled,
    ...{ auc: auc ?? null, averagePrecision: averagePrecision ?? null, logLoss: logLoss ?? null, brier: brier ?? null },
    ...{ calibrationError: calibrationError ?? null, accuracy: accuracy ?? null },
    ...{ balancedAccuracy: balancedAccuracy ?? null, macroF1: macroF1 ?? null },
    aucInterval: interval ? { low: interval.low, high: interval.high } : null,
    confusion: evaluation.confusion.map((row) => [...row]),
  };
}
