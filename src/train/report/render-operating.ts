import { formatDecimal } from '../../utils/format-values.ts';
import { type Html, html } from '../../utils/html.ts';
import type { Evaluation } from '../metrics/evaluate.ts';
import { rankClasses } from '../metrics/one-versus-rest.ts';
import { createPrecisionRecallCurve } from '../metrics/precision-recall.ts';
import type { RankedScores } from '../metrics/rank-scores.ts';
import { createRocCurve } from '../metrics/roc.ts';
import { createShareAxis } from './axis.ts';
import { type Point, renderChart, type Series } from './render-chart.ts';
import { renderReliability } from './render-reliability.ts';
import type { CalibrationFacts, ReportFacts } from './report-facts.ts';

/** What each threshold would give, and how far probabilities can be believed. */
export function renderOperating({
  predictions,
  evaluation,
  classes,
  calibration,
}: Pick<ReportFacts, 'predictions' | 'evaluation' | 'classes' | 'calibration'>): Html {
  const ranked = rankClasses(predictions);
  // Of two classes only the second has a curve.
  const names = classes.length === 2 ? classes.slice(1) : classes;
  const createSeries = (createPoints: (one: RankedScores) => Point[]): Series[] =>
    ranked.map((one, label) => ({ name: names[label] ?? '', points: createPoints(one) }));
  const roc = createSeries((one) =>
    createRocCurve(one).map(({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate]),
  );
  const precision = createSeries((one) =>
    createPrecisionRecallCurve(one).map((point) => [point.recall, point.precision]),
  );
  return html`<section aria-labelledby="thresholds">
<h2 id="thresholds">At every threshold</h2>
<div class="charts">${renderChart({
    ...{ title: 'ROC', series: [...roc, createGuide([0, 0], [1, 1])] },
    x: createShareAxis('False positive rate'),
    y: createShareAxis('True positive rate'),
  })}${renderChart({
    ...{ title: 'Precision and recall', series: [...precision, ...createBaseline(ranked)] },
    x: createShareAxis('Recall'),
    y: createShareAxis('Precision'),
  })}${renderReliability(evaluation, names, calibration)}</div>
${calibration && renderTemperature(calibration, evaluation)}</section>
`;
}

/** Figures that a temperature changes, before and after it. */
function renderTemperature({ temperature, isFitted, before }: CalibrationFacts, after: Evaluation): Html {
  const text = isFitted
    ? html`Logits are divided by the temperature ${formatDecimal(temperature, 3)}, which makes the log loss of this validation set least (of 1/20 to 20).`
    : html`The temperature stays 1: every slide of the validation set is taken for what it is, and no temperature makes its log loss least.`;
  const rows = [
    ['Log loss', before.logLoss, after.logLoss],
    ['Brier score', before.brier, after.brier],
    ['Calibration error', before.calibrationError, after.calibrationError],
  ] as const;
  return html`<div class="scroll by-class"><table>
<caption>${text}</caption>
<thead><tr><th scope="col">Figure</th><th scope="col" class="number">Before</th><th scope="col" class="number">After</th></tr></thead>
<tbody>${rows.map(([name, was, is]) => html`<tr><th scope="row">${name}</th><td class="number">${formatDecimal(was, 4)}</td><td class="number">${formatDecimal(is, 4)}</td></tr>`)}</tbody>
</table></div>
`;
}

/** Guessing has the precision of the class's share, which only one class has one of. */
function createBaseline([one, ...others]: readonly RankedScores[]): Series[] {
  if (!one || one.labels.length === 0 || others.length > 0) return [];
  const share = one.labels.reduce((sum, label) => sum + label, 0) / one.labels.length;
  return [createGuide([0, share], [1, share])];
}

function createGuide(...points: readonly Point[]): Series {
  return { name: 'by chance', kind: 'guide', points };
}
