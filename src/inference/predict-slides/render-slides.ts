import { listOptions } from '../../train/report/list-options.ts';
import { TRAINING_STYLE } from '../../train/report/training-style.ts';
import { formatCount, formatDecimal, NONE } from '../../utils/format-values.ts';
import { type Html, html } from '../../utils/html.ts';
import { renderOptions, renderPage, renderTiles } from '../../utils/report-page.ts';
import { VERSION } from '../../utils/version.ts';
import type { Decision } from './decide-slide.ts';
import type { KnownSlide } from './read-labels.ts';
import { renderCohortFigures } from './render-cohort-figures.ts';
import type { SlideRow } from './slide-row.ts';
import { RESEARCH_USE } from './summary.ts';
import type { Tables } from './tables.ts';

/** Slides that the page has a row for; predictions.csv has all. */
const MOST_SHOWN = 2000;

const STYLE = `
.research { margin: 0 0 1rem; padding: 0.6rem 0.9rem; border-left: 4px solid var(--warn); background: var(--card); color: var(--ink); }
.problem { color: var(--bad); }
.wrong { color: var(--bad); font-weight: 600; }
`;

/** The report of predictions as one page that asks for nothing else. The same predictions give the same page. */
export function renderSlides(tables: Tables, options: Readonly<Record<string, unknown>>): string {
  const { summary, figures } = tables;
  const { model } = summary;
  return renderPage({
    ...{ title: `Slides by ${model.name}`, version: VERSION, style: TRAINING_STYLE + STYLE },
    summary: summarize(tables),
    content: html`<p class="research">${RESEARCH_USE}</p>
${renderTotals(tables)}${figures && renderCohortFigures(figures, tables.decision.classes)}${renderTable(tables)}${renderOptions(listOptions(options))}`,
    footer: html`Confidence is the probability of the predicted class. ${describeCalibration(tables)}`,
  });
}

function summarize({ rows, summary }: Tables): string {
  const { done } = summary.slides;
  const auc = summary.figures?.auc;
  const area = typeof auc === 'number' ? `, area under ROC ${formatDecimal(auc, 3)}` : '';
  return `${formatCount(done)} of ${formatCount(rows.length)} slides predicted${area}`;
}

/** What probabilities can be believed for. */
function describeCalibration({ summary }: Tables): string {
  if (summary.aggregate !== 'attention')
    return 'Probabilities are aggregated from those of patches: no temperature was fitted for them, and the card’s threshold is not one for them.';
  const { temperature } = summary;
  return temperature === 1
    ? 'Probabilities are the model’s own.'
    : `Logits were divided by the temperature ${formatDecimal(temperature, 3)}.`;
}

function renderTotals({ summary }: Tables): Html {
  const { done, missing, empty, failed } = summary.slides;
  const counts = Object.entries(summary.predicted).slice(0, 4);
  return renderTiles([
    { name: 'predicted', value: formatCount(done) },
    ...counts.map(([name, count]) => ({ name, value: formatCount(count) })),
    { name: 'missing', value: formatCount(missing), mark: missing > 0 && 'bad' },
    { name: 'without patches', value: formatCount(empty), mark: empty > 0 && 'warn' },
    { name: 'failed', value: formatCount(failed), mark: failed > 0 && 'bad' },
  ]);
}

function renderTable({ rows, known, decision, summary }: Tables): Html {
  const { classes } = decision;
  const shown = rows.slice(0, MOST_SHOWN);
  const threshold = summary.threshold === null ? '' : `, ${classes[1]} from ${formatDecimal(summary.threshold, 3)} on`;
  const more = rows.length > shown.length ? `; the first ${formatCount(shown.length)}, predictions.csv has all` : '';
  return html`<section aria-labelledby="slides">
<h2 id="slides">Slides</h2>
<div class="scroll"><table>
<caption>In the order of the inputs; by ${summary.aggregate}${threshold}${more}</caption>
<thead><tr><th scope="col">Slide</th><th scope="col">Status</th>${known && html`<th scope="col">Label</th>`}<th scope="col">Predicted</th><th scope="col" class="number">Confidence</th><th scope="col" class="number">Margin</th>${classes.map((name) => html`<th scope="col" class="number">${name}</th>`)}<th scope="col" class="number">Patches</th></tr></thead>
<tbody>${shown.map((row) => renderRow(row, decision, known))}</tbody>
</table></div>
</section>
`;
}

function renderRow(
  { slide, status, verdict, patches, error }: SlideRow,
  { classes }: Decision,
  known: ReadonlyMap<string, KnownSlide> | undefined,
): Html {
  const label = known && classes[known.get(slide)?.label ?? -1];
  const isWrong = verdict !== undefined && label !== undefined && label !== verdict.predicted;
  const why = error && html` <span class="problem">${error.message}</span>`;
  const cells = [verdict?.confidence, verdict?.margin, ...classes.map((_, at) => verdict?.probabilities[at])];
  return html`<tr><th scope="row">${slide}</th><td>${status}${why}</td>${known && html`<td>${label ?? NONE}</td>`}<td class="${isWrong ? 'wrong' : 'right'}">${verdict?.predicted ?? NONE}</td>${cells.map((value) => html`<td class="number">${formatDecimal(value, 3)}</td>`)}<td class="number">${formatCount(patches)}</td></tr>
`;
}
