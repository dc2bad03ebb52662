import type { PredictSlidesResult, SlideRow } from '../../../inference/predict-slides.ts';
import { formatTable } from '../../format-table.ts';

/** Slides that are listed; predictions.csv has all. */
const MOST_SHOWN = 40;

/** What predictions came to, for people. */
export function formatSlides({ rows, summary, table, report }: PredictSlidesResult): string {
  const { slides, threshold, classes, aggregate, figures } = summary;
  const shown = rows.slice(0, MOST_SHOWN);
  const lines = shown.map(
    (row) => `${row.slide}: ${describeRow(row)}${row.error?.hint ? `\n  hint: ${row.error.hint}` : ''}`,
  );
  const counts = Object.entries(summary.predicted).map(([name, count]) => `${count} ${name}`);
  const others = (['missing', 'empty', 'failed'] as const).filter((status) => slides[status] > 0);
  const rule = threshold === null ? '' : `, ${classes[1]} from ${format(threshold)} on`;
  return [
    ...lines,
    ...(rows.length > shown.length ? [`and ${rows.length - shown.length} more`] : []),
    '',
    `${slides.done} of ${rows.length} slides: ${counts.join(', ')}${others.map((status) => `; ${slides[status]} ${status}`).join('')}`,
    `by ${aggregate}${rule}`,
    ...(figures ? formatFigures(figures, classes) : []),
    `predictions  ${table}`,
    `report       ${report}`,
    summary.notice,
  ].join('\n');
}

/** What became of a slide, in a line. */
export function describeRow({ status, state, verdict, patches, error }: SlideRow): string {
  if (!verdict) return status === 'empty' ? 'no patches' : `${status}: ${error?.message}`;
  const made = state === 'done' ? ', made before' : '';
  return `${verdict.predicted}, confidence ${format(verdict.confidence)}, ${patches} patches${made}`;
}

function formatFigures(
  figures: NonNullable<PredictSlidesResult['summary']['figures']>,
  classes: readonly string[],
): string[] {
  const { labelled, auc, aucInterval, accuracy, sensitivity, specificity, confusion } = figures;
  const range = aucInterval ? ` (95 %: ${format(aucInterval.low)} to ${format(aucInterval.high)})` : '';
  const [, second = ''] = classes;
  const rates = `sensitivity ${format(sensitivity[second])}, specificity ${format(specificity[second])} for ${second}`;
  const cells = confusion.map((row, label) => [`  ${classes[label]}`, ...row.map(String)]);
  return [
    `of ${labelled} slides with a label: AUC ${format(auc)}${range}, accuracy ${format(accuracy)}`,
    ...(classes.length === 2 ? [rates] : []),
    ...formatTable(
      [['  what it is \\ taken for', ...classes], ...cells],
      classes.map((_, at) => at + 1),
    ),
  ];
}

function format(figure: number | null | undefined): string {
  return figure?.toFixed(3) ?? 'none';
}
