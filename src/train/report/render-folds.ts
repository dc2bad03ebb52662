import { formatCount, formatDecimal, formatShare } from '../../utils/format-values.ts';
import { type Html, html } from '../../utils/html.ts';
import { renderOptions, renderPage, renderTiles } from '../../utils/report-page.ts';
import { VERSION } from '../../utils/version.ts';
import type { FoldCurves } from '../cross-validate/read-fold.ts';
import type { FoldsFacts } from '../cross-validate/write-folds.ts';
import type { ExampleUnit } from '../data/example.ts';
import { rankClasses } from '../metrics/one-versus-rest.ts';
import { createRocCurve } from '../metrics/roc.ts';
import { createAxis, createShareAxis } from './axis.ts';
import { listOptions } from './list-options.ts';
import { type Point, renderChart, type Series } from './render-chart.ts';
import { TRAINING_STYLE } from './training-style.ts';

export interface FoldsReportFacts extends FoldsFacts {
  /** `Phase 1`. */
  readonly phase: string;
  readonly unit: ExampleUnit;
  /** Name of the model, or its path. */
  readonly model: string;
  /** Of each fold. */
  readonly curves: readonly FoldCurves[];
}

/** The report of a cross-validation as one page; each fold has a report of its own. */
export function renderFolds(facts: FoldsReportFacts): string {
  const { folds, summary } = facts;
  const auc = summary['auc'];
  const text = auc
    ? `Area under ROC ${formatDecimal(auc.mean, 3)} ± ${formatDecimal(auc.deviation, 3)}`
    : 'No area under ROC';
  return renderPage({
    ...{ title: `${facts.phase}: ${folds.length} folds, ${facts.classes.length} classes`, version: VERSION },
    ...{ summary: `${text} (mean and standard deviation of ${folds.length} folds)`, style: TRAINING_STYLE },
    content: html`${renderTotals(facts)}${renderCurves(facts)}${renderTable(facts)}${renderSummary(facts)}${renderOptions(listOptions(facts.options))}`,
    footer: html`Each fold was judged by a model that had seen none of its patients; its best epoch${facts.unit === 'slides' && ', its temperature'}${facts.classes.length === 2 && ', its threshold'} are by the figures of the same ${facts.unit}.`,
  });
}

function renderTotals({ folds, summary, unit }: FoldsReportFacts): Html {
  const sum = (pick: (fold: (typeof folds)[number]) => number) => folds.reduce((all, fold) => all + pick(fold), 0);
  const skipped = sum((fold) => fold.skipped);
  return renderTiles([
    { name: 'mean area under ROC', value: formatDecimal(summary['auc']?.mean, 3) },
    { name: 'its standard deviation', value: formatDecimal(summary['auc']?.deviation, 3) },
    { name: 'mean balanced accuracy', value: formatShare(summary['balancedAccuracy']?.mean) },
    { name: 'folds', value: formatCount(folds.length) },
    { name: `${unit} judged`, value: formatCount(sum((fold) => fold.judged)) },
    {
      name: unit === 'pictures' ? 'not readable' : 'left out',
      value: formatCount(skipped),
      mark: skipped > 0 && 'warn',
    },
  ]);
}

/** A line for each fold: the figure by epoch, and of two classes the ROC. */
function renderCurves({ curves, classes }: FoldsReportFacts): Html {
  const name = (fold: number) => `fold ${fold}`;
  const auc = curves.map(({ epochs }, fold): Series => {
    const points = epochs.map((line): Point => [line.epoch, line.auc ?? Number.NaN]);
    return { name: name(fold), kind: 'marks', points };
  });
  const values = auc.flatMap(({ points }) => points);
  const epochs = createAxis('Epoch', values.map(([x]) => x), { whole: true }); // biome-ignore format: one line
  const areas = createAxis('Area under ROC', values.map(([, y]) => y), { including: [1] }); // biome-ignore format: one line
  return html`<section aria-labelledby="curves">
<h2 id="curves">Folds</h2>
<div class="charts">${renderChart({ title: 'Area under ROC', x: epochs, y: areas, series: auc })}${classes.length === 2 && renderRoc(curves, name)}</div>
</section>
`;
}

function renderRoc(curves: readonly FoldCurves[], name: (fold: number) => string): Html {
  const lines = curves.map(({ predictions }, fold): Series => {
    const [ranked] = rankClasses(predictions);
    const points = ranked ? createRocCurve(ranked) : [];
    return {
      name: name(fold),
      points: points.map(({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate]),
    };
  });
  const chance: Series = { name: 'by chance', kind: 'guide', points: [[0, 0], [1, 1]] }; // biome-ignore format: one line
  return renderChart({
    ...{ title: 'ROC', series: [...lines, chance] },
    x: createShareAxis('False positive rate'),
    y: createShareAxis('True positive rate'),
  });
}

const COLUMNS = ['Learned', 'Judged', 'Best epoch', 'Area under ROC', '95 % interval', 'Average precision'];
const MORE = ['Balanced accuracy', 'Threshold'];

function renderTable({ folds }: FoldsReportFacts): Html {
  return html`<div class="scroll by-class by-fold"><table>
<caption>By fold; its number leads to its own report</caption>
<thead><tr><th scope="col">Fold</th>${[...COLUMNS, ...MORE].map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${folds.map(({ fold, folder, metrics, ...rest }) => {
    const figure = (name: string) => formatDecimal(metrics[name] ?? undefined, 4);
    const cells = [
      ...[formatCount(rest.learned), formatCount(rest.judged), `${rest.bestEpoch} of ${rest.epochs}`],
      ...[figure('auc'), `${figure('aucLow')} to ${figure('aucHigh')}`, figure('averagePrecision')],
      ...[figure('balancedAccuracy'), formatDecimal(rest.threshold ?? undefined, 4)],
    ];
    return html`<tr><th scope="row"><a href="${folder}/report.html">${fold}</a></th>${cells.map((text) => html`<td class="number">${text}</td>`)}</tr>
`;
  })}</tbody>
</table></div>
`;
}

const NAMES: Readonly<Record<string, string>> = {
  auc: 'Area under ROC',
  averagePrecision: 'Average precision',
  logLoss: 'Log loss',
  brier: 'Brier score',
  calibrationError: 'Calibration error',
  accuracy: 'Accuracy',
  balancedAccuracy: 'Balanced accuracy',
  macroF1: 'Macro F1',
};

function renderSummary({ summary }: FoldsReportFacts): Html {
  const columns = ['Mean', 'Standard deviation', 'Least', 'Most'];
  return html`<section aria-labelledby="figures">
<h2 id="figures">Figures</h2>
<div class="scroll"><table>
<caption>Over the folds</caption>
<thead><tr><th scope="col">Figure</th>${columns.map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${Object.entries(summary).map(([name, { mean, deviation, least, most }]) => {
    const texts = [mean, deviation, least, most].map((value) => formatDecimal(value, 4));
    return html`<tr><th scope="row">${NAMES[name] ?? name}</th>${texts.map((text) => html`<td class="number">${text}</td>`)}</tr>
`;
  })}</tbody>
</table></div>
</section>
`;
}
