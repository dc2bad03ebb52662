import { type Html, html } from '../../utils/html.ts';
import { rankClasses } from '../metrics/one-versus-rest.ts';
import { createPrecisionRecallCurve } from '../metrics/precision-recall.ts';
import type { RankedScores } from '../metrics/rank-scores.ts';
import { createRocCurve } from '../metrics/roc.ts';
import { createShareAxis } from './axis.ts';
import { type Point, renderChart, type Series } from './render-chart.ts';
import { renderReliability } from './render-reliability.ts';
import type { ReportFacts } from './report-facts.ts';

/** What each threshold would give, and how far probabilities can be believed. */
export function renderOperating({ predictions, evaluation, classes }: ReportFacts): Html {
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
  })}${renderReliability(evaluation, names)}</div>
</section>
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
