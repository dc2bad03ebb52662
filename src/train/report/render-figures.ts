import { formatCount, formatDecimal, NONE } from '../../utils/format-values.ts';
import { type Html, html } from '../../utils/html.ts';
import type { ConfidenceInterval } from '../metrics/bootstrap.ts';
import type { ReportFacts } from './report-facts.ts';

type Row = readonly [name: string, value: number | undefined, interval?: ConfidenceInterval | undefined];

/** Figures of the best weights: of all classes, and of each. */
export function renderFigures(facts: ReportFacts): Html {
  const { intervals, ...all } = facts.evaluation;
  const rounds = intervals.auc?.rounds;
  const threshold: Row[] = all.threshold === undefined ? [] : [['Threshold', all.threshold]];
  const rows: Row[] = [
    ['Area under ROC', all.auc, intervals.auc],
    ['Average precision', all.averagePrecision, intervals.averagePrecision],
    ['Accuracy', all.accuracy],
    ['Balanced accuracy', all.balancedAccuracy],
    ['Macro F1', all.macroF1],
    ['Log loss', all.logLoss],
    ['Brier score', all.brier],
    ['Calibration error', all.calibrationError],
    ...threshold,
  ];
  return html`<section aria-labelledby="figures">
<h2 id="figures">Figures</h2>
<div class="scroll"><table>
<caption>Validation set, ${formatCount(all.count)} ${facts.unit}, weights of epoch ${facts.bestEpoch}${rounds !== undefined && `; intervals of ${formatCount(rounds)} resamples`}</caption>
<thead><tr><th scope="col">Figure</th><th scope="col" class="number">Value</th><th scope="col" class="number">95 % interval</th></tr></thead>
<tbody>${rows.map(([name, value, interval]) => html`<tr><th scope="row">${name}</th><td class="number">${formatDecimal(value, 4)}</td><td class="number">${formatInterval(interval)}</td></tr>`)}</tbody>
</table></div>
${renderClasses(facts)}</section>
`;
}

function formatInterval(interval: ConfidenceInterval | undefined): string {
  return interval ? `${formatDecimal(interval.low, 4)} to ${formatDecimal(interval.high, 4)}` : '';
}

const COLUMNS = ['Trained on', 'Validation', 'Precision', 'Recall', 'Specificity', 'F1'];

function renderClasses({ classes, data, evaluation }: ReportFacts): Html {
  return html`<div class="scroll by-class"><table>
<caption>Each class against the others</caption>
<thead><tr><th scope="col">Class</th>${COLUMNS.map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${classes.map((name, label) => {
    const { precision, recall, specificity, f1 } = evaluation.classes[label] ?? {};
    const counts = [data.train[label], data.validation[label]].map(formatCount);
    const shares = [precision, recall, specificity, f1].map((value) => formatDecimal(value, 3));
    return html`<tr><th scope="row">${name || NONE}</th>${[...counts, ...shares].map((text) => html`<td class="number">${text}</td>`)}</tr>
`;
  })}</tbody>
</table></div>
`;
}
