import { formatDecimal, formatDuration } from '../../utils/format-values.ts';
import { type Html, html } from '../../utils/html.ts';
import { createAxis } from './axis.ts';
import { type Point, renderChart } from './render-chart.ts';
import type { EpochFigures, ReportFacts } from './report-facts.ts';

/** How losses and figures went, epoch by epoch. */
export function renderCurves({ epochs, bestEpoch }: ReportFacts): Html {
  const x = createAxis(
    'Epoch',
    epochs.map(({ epoch }) => epoch),
    { whole: true },
  );
  const mark = { x: bestEpoch, label: 'best' };
  const follow = (pick: (line: EpochFigures) => number | undefined): Point[] =>
    epochs.map((line) => [line.epoch, pick(line) ?? Number.NaN]);
  const losses = [
    { name: 'training', kind: 'marks', points: follow((line) => line.trainLoss) },
    { name: 'validation', kind: 'marks', points: follow((line) => line.loss) },
  ] as const;
  const figures = [
    { name: 'area under ROC', kind: 'marks', points: follow((line) => line.auc) },
    { name: 'average precision', kind: 'marks', points: follow((line) => line.averagePrecision) },
    { name: 'balanced accuracy', kind: 'marks', points: follow((line) => line.balancedAccuracy) },
  ] as const;
  const createY = (label: string, series: readonly { points: readonly Point[] }[], including: number[]) =>
    createAxis(
      label,
      series.flatMap(({ points }) => points.map(([, y]) => y)),
      { including },
    );
  const loss = { title: 'Loss', x, y: createY('Loss', losses, [0]), series: losses, mark };
  const quality = { title: 'Validation', x, y: createY('Value', figures, [1]), series: figures, mark };
  return html`<section aria-labelledby="curves">
<h2 id="curves">Epochs</h2>
<div class="charts">${renderChart(loss)}${renderChart(quality)}</div>
${renderTable(epochs)}</section>
`;
}

const COLUMNS = ['Rate', 'Training loss', 'Loss', 'Area under ROC', 'Average precision', 'Balanced accuracy'];

function renderTable(epochs: readonly EpochFigures[]): Html {
  return html`<details><summary>As numbers</summary>
<div class="scroll"><table>
<thead><tr><th scope="col">Epoch</th>${COLUMNS.map((name) => html`<th scope="col" class="number">${name}</th>`)}<th scope="col" class="number" data-volatile>Time</th></tr></thead>
<tbody>${epochs.map(({ epoch, rate, seconds, ...line }) => {
    const figures = [line.trainLoss, line.loss, line.auc, line.averagePrecision, line.balancedAccuracy];
    const texts = [rate.toExponential(2), ...figures.map((value) => formatDecimal(value, 4))];
    return html`<tr><th scope="row">${epoch}</th>${texts.map((text) => html`<td class="number">${text}</td>`)}<td class="number" data-volatile>${formatDuration(seconds)}</td></tr>
`;
  })}</tbody>
</table></div>
</details>
`;
}
