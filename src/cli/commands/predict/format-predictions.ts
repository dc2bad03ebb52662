import { join } from 'node:path';
import type { PredictionSummary } from '../../../inference/classify/summary.ts';
import { PREDICTIONS_NAME } from '../../../inference/classify/write-predictions.ts';
import type { ClassifyResult } from '../../../inference/classify.ts';
import { formatTable } from '../../format-table.ts';

/** Classes that a line or a table names; summary.json has all. */
const MOST_SHOWN = 12;

/** What predictions came to, for people. */
export function formatPredictions({ state, folder, summary }: ClassifyResult): string {
  const { pictures, skipped, predicted, decided, threshold, figures } = summary;
  return [
    `${join(folder, PREDICTIONS_NAME)}${state === 'done' ? ', made before' : ''}`,
    `  ${pictures} pictures: ${formatCounts(predicted)}`,
    ...(decided && threshold !== null ? [`  at the threshold ${format(threshold)}: ${formatCounts(decided)}`] : []),
    ...(figures ? formatFigures(figures, summary) : []),
    ...(skipped > 0 ? [`  pictures left out: ${skipped}, listed in skipped.csv`] : []),
  ].join('\n');
}

function formatFigures(figures: NonNullable<PredictionSummary['figures']>, { classes, pictures }: PredictionSummary) {
  const { labelled, auc, aucInterval, averagePrecision, logLoss, accuracy, balancedAccuracy, confusion } = figures;
  const range = aucInterval ? ` (95 %: ${format(aucInterval.low)} to ${format(aucInterval.high)})` : '';
  const cells = confusion.map((row, label) => [`  ${classes[label]}`, ...row.map(String)]);
  const table = formatTable(
    [['  what it is \\ taken for', ...classes], ...cells],
    classes.map((_, at) => at + 1),
  );
  return [
    ...(labelled < pictures ? [`  figures of ${labelled} pictures whose label is one of the classes`] : []),
    `  AUC ${format(auc)}${range}, average precision ${format(averagePrecision)}, log loss ${format(logLoss)}`,
    `  accuracy ${format(accuracy)}, balanced accuracy ${format(balancedAccuracy)}`,
    ...(classes.length <= MOST_SHOWN ? table : []),
  ];
}

/** The most frequent first where not all are shown. */
function formatCounts(counts: Readonly<Record<string, number>>): string {
  const all = Object.entries(counts);
  const shown = all.length <= MOST_SHOWN ? all : all.toSorted(([, a], [, b]) => b - a).slice(0, MOST_SHOWN);
  const texts = shown.map(([name, count]) => `${count} ${name === '' ? 'undecided' : name}`);
  return [...texts, ...(shown.length < all.length ? [`${all.length - shown.length} more classes`] : [])].join(', ');
}

function format(figure: number | null): string {
  return figure?.toFixed(4) ?? 'none';
}
