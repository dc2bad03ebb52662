/** Predictions of a classifier for slides, out of the features of their patches. */
import { resolve } from 'node:path';
import { throwIfAborted } from '../utils/abort.ts';
import { sweepTemporary } from '../utils/atomic-file.ts';
import { DatasetError, OptionError } from '../utils/errors.ts';
import { acquireLease } from '../utils/lease.ts';
import type { RunRecord } from '../utils/run-record.ts';
import { type MilModel, openMilModel } from './mil/open-mil-model.ts';
import { computeCohortFigures } from './predict-slides/compute-figures.ts';
import { listSlides, type SlideEntry } from './predict-slides/list-slides.ts';
import { checkOwn } from './predict-slides/open-own-stage.ts';
import {
  type PredictSlidesConfig,
  type PredictSlidesSettings,
  resolvePredictSlides,
} from './predict-slides/options.ts';
import { predictSlide } from './predict-slides/predict-slide.ts';
import { type KnownSlide, readLabels } from './predict-slides/read-labels.ts';
import type { SlideRow } from './predict-slides/slide-row.ts';
import type { SlideWork } from './predict-slides/slide-work.ts';
import { createSummary, type SlidesSummary } from './predict-slides/summary.ts';
import { createTableStage, writeTables } from './predict-slides/write-tables.ts';

export {
  ATTENTION_FILES,
  type AttentionFile,
  PREDICT_SLIDES_DEFAULTS,
  type PredictSlidesConfig,
  type PredictSlidesEvent,
} from './predict-slides/options.ts';
export type { SlideRow } from './predict-slides/slide-row.ts';
export type { SlidesSummary } from './predict-slides/summary.ts';

export interface PredictSlidesResult {
  readonly out: string;
  /** One for each slide, in the order of the inputs. */
  readonly rows: readonly SlideRow[];
  /** Path of `predictions.csv`. */
  readonly table: string;
  /** Path of `report.html`. */
  readonly report: string;
  readonly summary: SlidesSummary;
  /** Slides that are missing or failed. */
  readonly failed: number;
  readonly record: RunRecord;
}

/**
 * Predicts slides, one after another, and leaves in `out`: `predictions.csv` with a row for each slide, `report.html`,
 * `summary.json`; for each slide `slides/<slide>.json` and where the model looked, `attention/<slide>.csv` and `.geojson`. A
 * slide that fails does not stop the others, one that is done is left as it is. On the processor the same features give the same
 * bytes, whatever other slides are there, and however often the run was stopped or killed and started again.
 * @throws OptionError, SourceError, ModelError, SessionError; DatasetError for tables that can't be used; OutputError where files of
 *   others are in the way; OutputInUseError, AbortedError
 */
export async function predictSlides(config: PredictSlidesConfig): Promise<PredictSlidesResult> {
  const settings = resolvePredictSlides(config);
  const { model } = settings;
  if (typeof model !== 'string') return predictWith(model, settings);
  await using opened = await openMilModel(model, settings);
  return await predictWith(opened, settings);
}

/**
 * What `predictSlides` would refuse whatever the features are: told before hours are spent on them.
 * @param config whose `input` need not be there yet
 * @throws OptionError, DatasetError; OutputError where files of others are in the way
 */
export async function checkPredictions(config: PredictSlidesConfig & { readonly model: MilModel }): Promise<void> {
  const prepared = await prepare(config.model, resolvePredictSlides(config));
  await checkTables(prepared);
}

/** What is known without features. */
async function prepare(model: MilModel, given: PredictSlidesSettings) {
  const settings = { ...given, out: resolve(given.out) };
  const { out, labels, columns, overwrite } = settings;
  const threshold = chooseThreshold(model, settings);
  checkAggregate(model, settings);
  const { classes } = model;
  const known = labels === undefined ? undefined : await readLabels(labels, { classes, columns });
  const tables = createTableStage(out, { options: describeOptions(model, { ...settings, threshold }), overwrite });
  return { settings, threshold, known, tables };
}

async function checkTables({ settings, tables }: Awaited<ReturnType<typeof prepare>>): Promise<void> {
  if (!settings.overwrite) await checkOwn(tables);
}

async function predictWith(model: MilModel, given: PredictSlidesSettings): Promise<PredictSlidesResult> {
  const prepared = await prepare(model, given);
  const { settings, threshold, known, tables } = prepared;
  const { out, labels } = settings;
  const { classes } = model;
  const entries = await listSlides(settings.input);
  if (known) checkNames(entries, known, labels ?? '');
  await using lease = await acquireLease(out);
  await sweepTemporary(out);
  await checkTables(prepared);
  const signal = settings.signal ? AbortSignal.any([settings.signal, lease.signal]) : lease.signal;
  const work = { model, threshold, settings: { ...settings, signal }, recordOptions: tables.options };
  const rows = await predictAll(entries, work);
  throwIfAborted(signal);
  const decision = { classes, threshold };
  const figures = known && computeCohortFigures(rows, { known, decision });
  const summary = createSummary({ settings, model, threshold, rows, figures });
  const record = await writeTables(tables, { rows, known, decision, figures, summary });
  // Folders that files were written in.
  await sweepTemporary(out);
  const failed = summary.slides.missing + summary.slides.failed;
  const [report = ''] = tables.beside;
  return { out, rows, table: tables.path, report, summary, failed, record };
}

/** A card's threshold is one for the model's own answer. */
function chooseThreshold({ classes, threshold }: MilModel, settings: PredictSlidesSettings): number | undefined {
  if (classes.length === 2) return settings.threshold ?? (settings.aggregate === 'attention' ? threshold : 0.5);
  if (settings.threshold === undefined) return undefined;
  throw new OptionError('threshold', `none, as the model has ${classes.length} classes`, settings.threshold);
}

function checkAggregate({ name, hasInstances }: MilModel, { aggregate }: PredictSlidesSettings): void {
  if (aggregate !== 'attention' && !hasInstances)
    throw new OptionError('aggregate', `attention, as ${name} says nothing of single patches`, aggregate, {
      hint: 'export the model with an output instance_logits, or name it (instanceOutput)',
    });
}

/** Labels of other slides alone are labels with other names. */
function checkNames(entries: readonly SlideEntry[], known: ReadonlyMap<string, KnownSlide>, table: string): void {
  if (entries.some(({ slide }) => known.has(slide))) return;
  const list = (names: readonly string[]) => names.slice(0, 3).join(', ') || 'none';
  throw new DatasetError(
    table,
    `it has none of the slides: it names ${list([...known.keys()])}, and predicted are ${list(entries.map(({ slide }) => slide))}`,
    { reason: 'no-slides' },
    { hint: 'name slides as their feature files, without extension' },
  );
}

/** What has a say in the outputs. */
function describeOptions(
  model: MilModel,
  settings: PredictSlidesSettings & { readonly threshold: number | undefined },
): Readonly<Record<string, unknown>> {
  const { aggregate, topK, quantile, attention, patchSpan = null, anyBackbone, threshold = null } = settings;
  const { sha256: hash, classes, temperature, outputs, device } = model;
  return {
    ...{ model: hash, classes, temperature, outputs, device, threshold, aggregate },
    ...(aggregate === 'top-k' && { topK }),
    ...(aggregate === 'quantile' && { quantile }),
    ...{ attention, patchSpan, anyBackbone },
  };
}

async function predictAll(entries: readonly SlideEntry[], work: SlideWork): Promise<SlideRow[]> {
  const { signal, logger, onEvent } = work.settings;
  const rows: SlideRow[] = [];
  const total = entries.length;
  for (const [index, entry] of entries.entries()) {
    throwIfAborted(signal);
    onEvent?.({ kind: 'slide-start', index, total, slide: entry.slide });
    const row = await predictSlide(entry, work);
    for (const notice of row.notices) logger?.notice(`${row.slide}: ${notice}`);
    rows.push(row);
    onEvent?.({ kind: 'slide-end', index, total, row });
  }
  return rows;
}
