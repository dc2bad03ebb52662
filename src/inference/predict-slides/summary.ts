import { z } from 'zod';
import type { Aggregate } from '../mil/aggregate.ts';
import type { MilModel } from '../mil/open-mil-model.ts';
import type { CohortFigures } from './compute-figures.ts';
import type { PredictSlidesSettings } from './options.ts';
import type { SlideRow, SlideStatus } from './slide-row.ts';

/** Stands wherever predictions of slides are shown. */
export const RESEARCH_USE =
  'For research use only. What a model predicts from stained tissue is no diagnosis, and no result of the test that it was trained to foresee.';

const figure = z.number().nullable();

/** What `summary.json` says of a run. */
export const slidesSummarySchema = z.object({
  schema: z.literal('slideloom/slide-predictions/v1'),
  notice: z.string(),
  model: z.object({ name: z.string(), sha256: z.string(), architecture: z.string().nullable(), device: z.string() }),
  classes: z.array(z.string()),
  temperature: z.number(),
  aggregate: z.string(),
  threshold: figure,
  slides: z.object({ done: z.int(), missing: z.int(), empty: z.int(), failed: z.int() }),
  /** Slides that are done, by predicted class. */
  predicted: z.record(z.string(), z.int()),
  /** Where labels are known: of how many slides, and figures, null where one has no value. */
  figures: z
    .object({
      labelled: z.int(),
      /** Slides of the table of labels that have no prediction. */
      withoutPrediction: z.int(),
      ...{ auc: figure, averagePrecision: figure, accuracy: figure, balancedAccuracy: figure },
      ...{ logLoss: figure, brier: figure, calibrationError: figure },
      /** 95 %, by patient where the table names them. */
      aucInterval: z.object({ low: z.number(), high: z.number() }).nullable(),
      /** By class: of two, sensitivity and specificity of the second are those of the test. */
      sensitivity: z.record(z.string(), figure),
      specificity: z.record(z.string(), figure),
      /** Slides by what they are (row) and by what they were taken for (column). */
      confusion: z.array(z.array(z.int())),
    })
    .nullable(),
});

export type SlidesSummary = z.infer<typeof slidesSummarySchema>;

interface Cohort {
  readonly settings: PredictSlidesSettings;
  readonly model: MilModel;
  readonly threshold: number | undefined;
  readonly rows: readonly SlideRow[];
  readonly figures: CohortFigures | undefined;
}

export function createSummary({ settings, model, threshold, rows, figures }: Cohort): SlidesSummary {
  const { name, sha256, card, device, classes, temperature } = model;
  const count = (status: SlideStatus) => rows.filter((row) => row.status === status).length;
  const predicted = Object.fromEntries(classes.map((one) => [one, 0]));
  for (const { verdict } of rows) if (verdict) predicted[verdict.predicted] = (predicted[verdict.predicted] ?? 0) + 1;
  return {
    ...{ schema: 'slideloom/slide-predictions/v1', notice: RESEARCH_USE },
    model: { name, sha256, architecture: card?.architecture ?? null, device },
    ...{ classes: [...classes], temperature, aggregate: describeAggregate(settings), threshold: threshold ?? null },
    slides: { done: count('done'), missing: count('missing'), empty: count('empty'), failed: count('failed') },
    predicted,
    figures: figures ? describeFigures(figures, classes) : null,
  };
}

/** Such as `top-k of 5`. */
export function describeAggregate({
  aggregate,
  topK,
  quantile,
}: {
  readonly aggregate: Aggregate;
  readonly topK: number;
  readonly quantile: number;
}): string {
  if (aggregate === 'top-k') return `top-k of ${topK}`;
  return aggregate === 'quantile' ? `quantile of ${quantile}` : aggregate;
}

function describeFigures(
  { evaluation, withoutPrediction }: CohortFigures,
  classes: readonly string[],
): NonNullable<SlidesSummary['figures']> {
  const { auc, averagePrecision, accuracy, balancedAccuracy, logLoss, brier, calibrationError } = evaluation;
  const { auc: interval } = evaluation.intervals;
  const by = (key: 'recall' | 'specificity') =>
    Object.fromEntries(classes.map((name, label) => [name, evaluation.classes[label]?.[key] ?? null]));
  return {
    ...{ labelled: evaluation.count, withoutPrediction },
    ...{ auc: auc ?? null, averagePrecision: averagePrecision ?? null, accuracy: accuracy ?? null },
    ...{ balancedAccuracy: balancedAccuracy ?? null, logLoss: logLoss ?? null, brier: brier ?? null },
    calibrationError: calibrationError ?? null,
    aucInterval: interval ? { low: interval.low, high: interval.high } : null,
    ...{ sensitivity: by('recall'), specificity: by('specificity') },
    confusion: evaluation.confusion.map((row) => [...row]),
  };
}
