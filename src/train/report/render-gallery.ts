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

/** Pictures of mistakes, with what they are and what they were taken for. */
export function renderGallery(items: readonly GalleryItem[], classes: readonly string[]): Html {
  return html`<div class="gallery">${items.map((item) => renderItem(item, classes))}</div>`;
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
