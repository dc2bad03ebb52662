import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import { RESEARCH_USE } from '../../inference/predict-slides/summary.ts';
import { formatCount, formatDecimal, formatDuration, formatTime, NONE } from '../../utils/format-values.ts';
import { type Html, html, toHref } from '../../utils/html.ts';
import { renderOptions, renderPage, renderTiles } from '../../utils/report-page.ts';
import { VERSION } from '../../utils/version.ts';
import { flattenOption } from '../create-report.ts';
import type { ReportOption } from '../report/report-data.ts';
import { REPORT_STYLE } from '../report/report-style.ts';
import type { ModelRunRow, ModelRunStages } from './join-rows.ts';
import type { ModelRunOptions } from './options.ts';
import { renderModelCard, renderModelStatus } from './render-model-card.ts';

/** A run that has ended. */
export interface FinishedModelRun {
  readonly out: string;
  readonly rows: readonly ModelRunRow[];
  readonly options: ModelRunOptions;
  readonly stages: ModelRunStages;
  readonly seconds: number;
}

const STYLE = `
.research { margin: 0.75rem 0; padding: 0.6rem 0.9rem; border-left: 4px solid var(--warn); background: var(--card); color: var(--ink); }
.status.no-patches { color: var(--warn); }
.card.no-patches { border-left-color: var(--warn); }
.verdict { margin: 0.2rem 0 0.8rem; font-size: 1.05rem; }
`;

/**
 * The report of a run of models: one page without scripts, that shows nothing but pictures of the run's own folder. What differs
 * between two identical runs stands in elements marked `data-volatile`.
 */
export function renderModelRun(run: FinishedModelRun): string {
  const { rows, options, stages } = run;
  const classes = stages.predicted?.summary.classes ?? [];
  const named = nameRows(rows);
  return renderPage({
    ...{ title: createTitle(rows, options), version: VERSION, style: REPORT_STYLE + STYLE },
    summary: summarize(rows),
    content: html`${
      stages.predicted &&
      html`<p class="research">${RESEARCH_USE}</p>
`
    }${renderTotals(run)}${renderVolatile(run.seconds)}${renderTable(named, classes)}${renderFiles(run)}<section aria-labelledby="slides">
<h2 id="slides">Slides</h2>
${named.map(({ row, anchor }) => renderModelCard(row, { anchor, classes, exists: (path) => existsSync(join(run.out, path)) }))}</section>
${renderOptions(listOptions(options), 'As given; the record beside each slide’s features has all')}`,
    footer: html`Dates, timings and host are marked <code>data-volatile</code> in this page. Without them, two runs with the same options on the same slides give the same report.`,
  });
}

interface NamedRow {
  readonly row: ModelRunRow;
  /** Id of its card. */
  readonly anchor: string;
}

const ORDER = { failed: 0, 'no-patches': 1, done: 2 } as const;

/** Failures first, then slides without patches; else the order of the input. */
function nameRows(rows: readonly ModelRunRow[]): NamedRow[] {
  const named = rows.map((row, index) => ({ row, anchor: `slide-${index + 1}` }));
  return named.sort((a, b) => ORDER[a.row.status] - ORDER[b.row.status]);
}

function createTitle(rows: readonly ModelRunRow[], { predict, embed }: ModelRunOptions): string {
  const model = basename(predict?.model ?? embed.model).replace(/\.onnx$/i, '');
  return `${formatCount(rows.length)} ${rows.length === 1 ? 'slide' : 'slides'} by ${model}`;
}

function count(rows: readonly ModelRunRow[], status: ModelRunRow['status']): number {
  return rows.filter((row) => row.status === status).length;
}

function summarize(rows: readonly ModelRunRow[]): string {
  const [empty, failed] = [count(rows, 'no-patches'), count(rows, 'failed')];
  const parts = [`${formatCount(count(rows, 'done'))} of ${formatCount(rows.length)} slides done`];
  if (empty > 0) parts.push(`${formatCount(empty)} without patches`);
  return [...parts, failed > 0 ? `${formatCount(failed)} failed` : 'none failed'].join(', ');
}

function renderTotals({ rows, stages }: FinishedModelRun): Html {
  const predicted = Object.entries(stages.predicted?.summary.predicted ?? {}).slice(0, 4);
  const [empty, failed] = [count(rows, 'no-patches'), count(rows, 'failed')];
  return renderTiles([
    { name: 'slides', value: formatCount(rows.length) },
    ...predicted.map(([name, slides]) => ({ name: `predicted ${name}`, value: formatCount(slides) })),
    { name: 'patches', value: formatCount(rows.reduce((sum, { patches }) => sum + (patches ?? 0), 0)) },
    { name: 'without patches', value: formatCount(empty), mark: empty > 0 && 'warn' },
    { name: 'failed', value: formatCount(failed), mark: failed > 0 && 'bad' },
  ]);
}

function renderVolatile(seconds: number): Html {
  const facts = [
    ['Made', formatTime(new Date().toISOString())],
    ['Took', formatDuration(seconds)],
    ['Host', hostname()],
    ['Node.js', process.version],
  ];
  return html`<section aria-label="This run" data-volatile>
<dl class="run">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</section>
`;
}

function renderTable(named: readonly NamedRow[], classes: readonly string[]): Html {
  const predicted = classes.length > 0;
  return html`<section aria-labelledby="overview">
<h2 id="overview">Overview</h2>
<div class="scroll"><table>
<caption>Every slide of the run, failures first</caption>
<thead><tr><th scope="col">Slide</th><th scope="col">Status</th>${predicted && html`<th scope="col">Predicted</th>`}${classes.map((name) => html`<th scope="col" class="number">${name}</th>`)}<th scope="col" class="number">Patches</th><th scope="col" class="number">Bad tiles</th><th scope="col" class="number" data-volatile>Time</th></tr></thead>
<tbody>
${named.map((one) => renderRow(one, classes))}</tbody>
</table></div>
</section>
`;
}

function renderRow({ row, anchor }: NamedRow, classes: readonly string[]): Html {
  const { id, verdict, patches, badTiles, seconds } = row;
  const predicted = classes.length > 0;
  return html`<tr>
<th scope="row"><a href="#${anchor}">${id}</a></th>
<td>${renderModelStatus(row)}</td>
${predicted && html`<td>${verdict?.predicted ?? NONE}</td>`}${classes.map((_, index) => html`<td class="number">${formatDecimal(verdict?.probabilities[index], 3)}</td>`)}
<td class="number">${formatCount(patches)}</td>
<td class="number">${formatCount(badTiles)}</td>
<td class="number" data-volatile>${formatDuration(seconds)}</td>
</tr>
`;
}

/** Where what the stages left can be found. */
function renderFiles({ out, stages }: FinishedModelRun): Html {
  const { embedded, predicted, drawn } = stages;
  const files: [string, string | undefined][] = [
    ['Features', embedded.table],
    ['Predictions', predicted?.table],
    ['Report of the predictions', predicted?.report],
    ['Heatmaps', drawn?.table],
  ];
  const links = files.flatMap(([name, path]) => {
    if (path === undefined) return [];
    const href = relative(out, path).split(sep).join('/');
    return [html`<div><dt>${name}</dt><dd><a href="${toHref(href)}">${href}</a></dd></div>`];
  });
  return html`<section aria-labelledby="files">
<h2 id="files">Files</h2>
<dl class="facts">${links}</dl>
</section>
`;
}

function listOptions({ embed, predict, heatmaps, slide }: ModelRunOptions): ReportOption[] {
  const { model, ...how } = embed;
  const { model: classifier, ...rules } = predict ?? {};
  return [
    ...flattenOption('model', model),
    ...Object.entries(how).flatMap(([name, value]) => flattenOption(name, value)),
    ...flattenOption('mil', classifier),
    ...Object.entries(rules).flatMap(([name, value]) => flattenOption(name, value)),
    ...flattenOption('heatmaps', heatmaps),
    ...flattenOption('slide', slide),
  ];
}
