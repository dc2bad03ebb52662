import { basename } from 'node:path';
import { formatDecimal } from '../../utils/format-values.ts';
import { type Html, html } from '../../utils/html.ts';
import type { Thumbnail } from './create-thumbnail.ts';
import type { Mistake } from './find-mistakes.ts';

/** A mistake and its picture, where that can be shown. */
export interface GalleryItem {
  readonly mistake: Mistake;
  readonly path: string;
  readonly thumbnail: Thumbnail | undefined;
}

/** Pictures that were taken for what they are not, the surest mistakes first. */
export function renderGallery(items: readonly GalleryItem[], classes: readonly string[]): Html {
  return html`<section aria-labelledby="mistakes">
<h2 id="mistakes">Worst mistakes</h2>
${items.length === 0 ? html`<p>None: every picture was taken for what it is.</p>` : html`<div class="gallery">${items.map((item) => renderItem(item, classes))}</div>`}
</section>
`;
}

function renderItem({ mistake, path, thumbnail }: GalleryItem, classes: readonly string[]): Html {
  const { label, guess, confidence } = mistake;
  const name = basename(path);
  const picture = thumbnail
    ? html`<img src="${thumbnail.source}" alt="${name}" title="${path}" width="${thumbnail.width}" height="${thumbnail.height}">`
    : html`<span class="gone">not readable: ${path}</span>`;
  return html`<figure><div class="frame">${picture}</div><figcaption><strong>${classes[label]}</strong>, taken for <strong>${classes[guess]}</strong> at ${formatDecimal(confidence, 3)}<br>${name}</figcaption></figure>
`;
}
