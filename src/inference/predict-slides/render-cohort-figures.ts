import type { ConfidenceInterval } from '../../train/metrics/bootstrap.ts';
import { renderConfusion } from '../../train/report/render-confusion.ts';
import { renderOperating } from '../../train/report/render-operating.ts';
import { formatCount, formatDecimal } from '../../utils/format-values.ts';
import { type Html, html } from '../../utils/html.ts';
import type { CohortFigures } from './compute-figures.ts';

type Row = readonly [name: string, value: number | undefined, interval?: ConfidenceInterval | undefined];

/** Predictions held against labels: figures, what was taken for what, and curves. */
export function renderCohortFigures(
  { evaluation, predictions, withoutPrediction }: CohortFigures,
  classes: readonly string[],
): Html {
  const facts = { evaluation, predictions, classes, unit: 'slides' } as const;
  const { intervals, count } = evaluation;
  const rounds = intervals.auc?.rounds;
  const rows: Row[] = [
    ['Area under ROC', evaluation.auc, intervals.auc],
    ['Average precision', evaluation.averagePrecision, intervals.averagePrecision],
    ...listRates(facts),
    ['Accuracy', evaluation.accuracy],
    ['Balanced accuracy', evaluation.balancedAccuracy],
    ['Log loss', evaluation.logLoss],
    ['Brier score', evaluation.brier],
    ['Calibration error', evaluation.calibrationError],
  ];
  const left =
    withoutPrediction > 0 ? `; ${formatCount(withoutPrediction)} slides with a label have no prediction` : '';
  const drawn = rounds === undefined ? '' : `; intervals of ${formatCount(rounds)} resamples`;
  return html`<section aria-labelledby="figures">
<h2 id="figures">Figures</h2>
<div class="scroll"><table>
<caption>${formatCount(count)} slides whose label is known${left}${drawn}</caption>
<thead><tr><th scope="col">Figure</th><th scope="col" class="number">Value</th><th scope="col" class="number">95 % interval</th></tr></thead>
<tbody>${rows.map(
    ([
      name,
      value,
      interval,
    ]) => html`<tr><th scope="row">${name}</th><td class="number">${formatDecimal(value, 4)}</td><td class="number">${interval && `${formatDecimal(interval.low, 4)} to ${formatDecimal(interval.high, 4)}`}</td></tr>
`,
  )}</tbody>
</table></div>
</section>
${renderConfusion(facts)}${renderOperating(facts)}`;
}

/** Of two classes those of the test for the second; of more those of each. */
function listRates({
  evaluation,
  classes,
}: {
  readonly evaluation: CohortFigures['evaluation'];
  readonly classes: readonly string[];
}): Row[] {
  const all = classes.flatMap((name, label): Row[] => [
    [`Sensitivity for ${name}`, evaluation.classes[label]?.recall],
    [`Specificity for ${name}`, evaluation.classes[label]?.specificity],
  ]);
  return classes.length === 2 ? all.slice(2) : all;
}
