import { formatCount, formatDecimal, formatDuration } from '../../utils/format-values.ts';
import { type Html, html, toHref } from '../../utils/html.ts';
import { TISSUE_OUTPUTS } from '../read-tissue.ts';
import { STAGE_FOLDERS } from '../run-slide.ts';
import { MODEL_RUN_FOLDERS, type ModelRunRow } from './join-rows.ts';

const STATUS_WORDS = { done: 'done', 'no-patches': 'no patches', failed: 'failed' } as const;
const STAGE_WORDS = { embed: 'features', predict: 'prediction', heatmap: 'heatmap' } as const;

export function renderModelStatus({ status }: ModelRunRow): Html {
  return html`<span class="status ${status}">${STATUS_WORDS[status]}</span>`;
}

/**
 * What became of one slide, with its pictures.
 * @param page `exists` tells whether the run's folder has a file
 */
export function renderModelCard(
  row: ModelRunRow,
  page: { readonly anchor: string; readonly classes: readonly string[]; readonly exists: (path: string) => boolean },
): Html {
  const { id, path, status, notices } = row;
  const { anchor, classes } = page;
  return html`<article class="card ${status}" id="${anchor}" aria-labelledby="${anchor}-name">
<header><h3 id="${anchor}-name">${id}</h3>${renderModelStatus(row)}</header>
<p class="path">${path}</p>
${renderFailure(row)}${renderVerdict(row, classes)}<dl class="facts">${renderFacts(row)}</dl>
${notices.length > 0 && html`<ul class="notices">${notices.map((notice) => html`<li>${notice}</li>`)}</ul>`}
${renderPictures(row, page.exists)}
</article>
`;
}

function renderFailure({ error }: ModelRunRow): Html | false {
  if (!error) return false;
  return html`<div class="failure">
<p><strong>Why (${STAGE_WORDS[error.stage]}):</strong> ${error.message}</p>
${error.hint !== undefined && html`<p><strong>What to do:</strong> ${error.hint}</p>`}
</div>
`;
}

function renderVerdict({ verdict }: ModelRunRow, classes: readonly string[]): Html | false {
  if (!verdict) return false;
  const shares = classes.map((name, index) => `${name} ${formatDecimal(verdict.probabilities[index], 3)}`);
  return html`<p class="verdict"><strong>${verdict.predicted}</strong>: ${shares.join(', ')}</p>
`;
}

function renderFacts({ patches, features, overlay, badTiles, seconds }: ModelRunRow): Html[] {
  const link = (href: string) => html`<a href="${toHref(href)}">${href}</a>`;
  return [
    ...(patches === undefined ? [] : [html`<div><dt>Patches</dt><dd>${formatCount(patches)}</dd></div>`]),
    ...(features === undefined ? [] : [html`<div><dt>Features</dt><dd>${link(features)}</dd></div>`]),
    ...(overlay === undefined ? [] : [html`<div><dt>Overlay</dt><dd>${link(overlay)}</dd></div>`]),
    ...(badTiles === 0 ? [] : [html`<div><dt>Bad tiles</dt><dd>${formatCount(badTiles)}</dd></div>`]),
    html`<div data-volatile><dt>Time</dt><dd>${formatDuration(seconds)}</dd></div>`,
  ];
}

function renderPictures({ id, heatmap, top }: ModelRunRow, exists: (path: string) => boolean): Html | false {
  const overview = `${MODEL_RUN_FOLDERS.features}/${id}/${STAGE_FOLDERS.tissue}/${TISSUE_OUTPUTS.overlay}`;
  const tissue = exists(overview) ? overview : undefined;
  if (tissue === undefined && heatmap === undefined) return false;
  return html`<div class="pictures">${tissue !== undefined && renderPicture('Tissue', tissue, id)}${heatmap !== undefined && renderPicture('Heatmap', heatmap, id)}</div>
${top !== undefined && html`<div class="sheet">${renderPicture('Patches of the highest numbers', top, id)}</div>`}`;
}

function renderPicture(title: string, href: string, id: string): Html {
  return html`<figure><a href="${toHref(href)}"><img src="${toHref(href)}" alt="${title} of ${id}" loading="lazy"></a><figcaption>${title}</figcaption></figure>`;
}
