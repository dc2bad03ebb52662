import { formatCount, formatDecimal, formatDuration, formatShare, NONE } from '../../utils/format-values.ts';
import { type Html, html, toHref } from '../../utils/html.ts';
import { formatMpp, formatSize } from './format-slide.ts';
import type { ReportLabel, ReportPicture, ReportSlide, ReportStatus } from './report-data.ts';

const STATUS_WORDS: Readonly<Record<ReportStatus, string>> = {
  done: 'done',
  'no-tissue': 'no tissue',
  failed: 'failed',
};

export function renderStatus(status: ReportStatus): Html {
  return html`<span class="status ${status}">${STATUS_WORDS[status]}</span>`;
}

/** One line of the table of all slides; `anchor` is the id of its card. */
export function renderRow(slide: ReportSlide, anchor: string): Html {
  return html`<tr>
<th scope="row"><a href="#${anchor}">${slide.id}</a></th>
<td>${renderStatus(slide.status)}</td>
<td>${slide.format ?? NONE}</td>
<td class="number">${formatShare(slide.tissueFraction)}</td>
<td class="number">${formatDecimal(slide.tissueAreaMm2, 2)}</td>
<td class="number">${formatCount(slide.patches)}</td>
<td class="number">${formatCount(slide.skipped)}</td>
<td class="number">${formatCount(slide.badTiles)}</td>
<td class="number" data-volatile>${slide.seconds === undefined ? NONE : formatDuration(slide.seconds)}</td>
</tr>
`;
}

export function renderCard(slide: ReportSlide, anchor: string): Html {
  const { id, path, status, notices, pictures, contactSheet } = slide;
  return html`<article class="card ${status}" id="${anchor}" aria-labelledby="${anchor}-name">
<header><h3 id="${anchor}-name">${id}</h3>${renderStatus(status)}</header>
<p class="path">${path}</p>
${renderFailure(slide)}<dl class="facts">${listFacts(slide).map(renderFact)}</dl>
${notices.length > 0 && html`<ul class="notices">${notices.map((notice) => html`<li>${notice}</li>`)}</ul>`}
${pictures.length > 0 && html`<div class="pictures">${pictures.map((one) => renderPicture(one, id))}</div>`}
${contactSheet && html`<div class="sheet">${renderPicture(contactSheet, id)}</div>`}
</article>
`;
}

function renderFailure({ status, error, hint }: ReportSlide): Html | false {
  if (status !== 'failed') return false;
  return html`<div class="failure">
<p><strong>Why:</strong> ${error ?? 'no reason was recorded'}</p>
${hint !== undefined && html`<p><strong>What to do:</strong> ${hint}</p>`}
</div>
`;
}

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly volatile?: true;
}

/** Facts that are not known are left out, except the pixel size: that it is unknown matters. */
function listFacts(slide: ReportSlide): Fact[] {
  const { format, width, levels, tissueFraction, tissueAreaMm2, patches, skipped, seconds, tilesRead } = slide;
  const { whitened = 0, badTiles, labels, stains } = slide;
  const area = tissueAreaMm2 === undefined ? '' : `, ${formatDecimal(tissueAreaMm2, 2)} mm²`;
  const facts: (Fact | false)[] = [
    format !== undefined && { name: 'Format', value: format },
    width !== undefined && { name: 'Size', value: formatSize(slide) },
    width !== undefined && { name: 'Pixel size', value: formatMpp(slide.mpp) },
    levels !== undefined && { name: 'Levels', value: formatCount(levels) },
    tissueFraction !== undefined && { name: 'Tissue', value: `${formatShare(tissueFraction)}${area}` },
    patches !== undefined && { name: 'Patches', value: formatCount(patches) },
    skipped !== undefined && { name: 'Skipped', value: formatCount(skipped) },
    stains !== undefined && { name: 'Stains', value: formatStains(stains) },
    labels !== undefined && { name: 'Labels', value: formatLabels(labels) },
    whitened > 0 && { name: 'Partly painted white', value: formatCount(whitened) },
    badTiles !== undefined && { name: 'Bad tiles', value: formatCount(badTiles) },
    tilesRead !== undefined && { name: 'Tiles read', value: formatCount(tilesRead), volatile: true },
    seconds !== undefined && { name: 'Time', value: formatDuration(seconds), volatile: true },
  ];
  return facts.filter((fact) => fact !== false);
}

function formatStains(stains: NonNullable<ReportSlide['stains']>): string {
  return stains.map(({ stain, patches }) => `${stain.replace(':', ': ')} ${formatCount(patches)}`).join(', ') || NONE;
}

/** Those that patches have. */
function formatLabels(labels: readonly ReportLabel[]): string {
  const found = labels.filter(({ patches }) => patches > 0);
  return found.map(({ label, patches }) => `${label ?? 'without'} ${formatCount(patches)}`).join(', ') || NONE;
}

function renderFact({ name, value, volatile }: Fact): Html {
  const content = html`<dt>${name}</dt><dd>${value}</dd>`;
  return volatile ? html`<div data-volatile>${content}</div>` : html`<div>${content}</div>`;
}

function renderPicture({ title, href, width, height }: ReportPicture, id: string): Html {
  const size = width !== undefined && height !== undefined && html` width="${width}" height="${height}"`;
  return html`<figure><a href="${toHref(href)}"><img src="${toHref(href)}" alt="${title} of ${id}" loading="lazy"${size}></a><figcaption>${title}</figcaption></figure>`;
}
