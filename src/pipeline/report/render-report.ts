import { formatCount, formatDecimal, formatDuration, formatTime } from '../../utils/format-values.ts';
import { type Html, html } from '../../utils/html.ts';
import { formatBytes } from '../../utils/memory-budget.ts';
import { renderOptions, renderPage, renderTiles } from '../../utils/report-page.ts';
import { renderCard, renderRow } from './render-slide.ts';
import type { ReportData, ReportLabel, ReportSlide, ReportTotals, ReportVolatile } from './report-data.ts';
import { REPORT_STYLE } from './report-style.ts';

/**
 * One self-contained page: no script, no request beyond the pictures of the run's own folder, every value escaped.
 * What differs between two identical runs stands in elements marked `data-volatile` and nowhere
 * else, so the rest of two reports may be compared byte for byte.
 */
export function renderReport(data: ReportData): string {
  const { title, version, slides, totals } = data;
  const named = nameSlides(slides);
  return renderPage({
    ...{ title, version, style: REPORT_STYLE, summary: summarise(totals) },
    content: html`${renderTotals(totals)}${renderLabels(totals.labels)}${renderVolatile(data.volatile)}${renderTable(named)}${renderCards(named)}${renderOptions(data.options)}`,
    footer: html`Dates, timings, memory and host are marked <code>data-volatile</code> in this page. Without them, two runs with the same options on the same slides give the same report.`,
  });
}

interface NamedSlide {
  readonly slide: ReportSlide;
  /** Id of its card. */
  readonly anchor: string;
}

const ORDER = { failed: 0, 'no-tissue': 1, done: 2 } as const;

/** Failures first, then slides without tissue; else the order of the input. */
function nameSlides(slides: readonly ReportSlide[]): NamedSlide[] {
  const named = slides.map((slide, index) => ({ slide, anchor: `slide-${index + 1}` }));
  return named.sort((a, b) => ORDER[a.slide.status] - ORDER[b.slide.status]);
}

function summarise({ slides, ok, noTissue, failed }: ReportTotals): string {
  const parts = [`${formatCount(ok)} of ${formatCount(slides)} ${slides === 1 ? 'slide' : 'slides'} done`];
  if (noTissue > 0) parts.push(`${formatCount(noTissue)} without tissue`);
  parts.push(failed > 0 ? `${formatCount(failed)} failed` : 'none failed');
  return parts.join(', ');
}

function renderTotals(totals: ReportTotals): Html {
  const { slides, ok, noTissue, failed, patches, skipped, badTiles, tissueMm2 } = totals;
  return renderTiles([
    { name: 'slides', value: formatCount(slides) },
    { name: 'done', value: formatCount(ok) },
    { name: 'without tissue', value: formatCount(noTissue), mark: noTissue > 0 && 'warn' },
    { name: 'failed', value: formatCount(failed), mark: failed > 0 && 'bad' },
    { name: 'patches', value: formatCount(patches) },
    { name: 'skipped', value: formatCount(skipped), mark: skipped > 0 && 'warn' },
    { name: 'bad tiles', value: formatCount(badTiles), mark: badTiles > 0 && 'warn' },
    { name: 'mm² of tissue', value: formatDecimal(tissueMm2, 2) },
  ]);
}

/** Labels of all patches, in a run that gave them some. */
function renderLabels(labels: readonly ReportLabel[] | undefined): Html | '' {
  if (!labels) return '';
  return html`<section aria-labelledby="labels">
<h2 id="labels">Labels</h2>
<div class="scroll"><table>
<caption>Patches by label</caption>
<thead><tr><th scope="col">Label</th><th scope="col" class="number">Patches</th></tr></thead>
<tbody>${labels.map(({ label, patches }) => html`<tr><th scope="row">${label ?? 'without a label'}</th><td class="number">${formatCount(patches)}</td></tr>`)}</tbody>
</table></div>
</section>
`;
}

function renderVolatile(volatile: ReportVolatile): Html {
  const { createdAt, wallSeconds, patchesPerSecond, peakMemoryBytes, host, node } = volatile;
  const facts = [
    ['Made', formatTime(createdAt)],
    ['Took', formatDuration(wallSeconds)],
    ['Patches a second', patchesPerSecond === undefined ? undefined : formatDecimal(patchesPerSecond, 1)],
    ['Peak memory', peakMemoryBytes === undefined ? undefined : formatBytes(peakMemoryBytes)],
    ['Host', host],
    ['Node.js', node],
  ];
  const known = facts.filter(([, value]) => value !== undefined);
  return html`<section aria-label="This run" data-volatile>
<dl class="run">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</section>
`;
}

const COLUMNS = ['Slide', 'Status', 'Format', 'Tissue', 'Tissue, mm²', 'Patches', 'Skipped', 'Bad tiles'];

function renderTable(slides: readonly NamedSlide[]): Html {
  return html`<section aria-labelledby="overview">
<h2 id="overview">Overview</h2>
<div class="scroll"><table>
<caption>Every slide of the run, failures first</caption>
<thead><tr>${COLUMNS.map((name, i) => html`<th scope="col"${i > 2 && html` class="number"`}>${name}</th>`)}<th scope="col" class="number" data-volatile>Time</th></tr></thead>
<tbody>
${slides.map(({ slide, anchor }) => renderRow(slide, anchor))}</tbody>
</table></div>
</section>
`;
}

function renderCards(slides: readonly NamedSlide[]): Html {
  return html`<section aria-labelledby="slides">
<h2 id="slides">Slides</h2>
${slides.map(({ slide, anchor }) => renderCard(slide, anchor))}</section>
`;
}
