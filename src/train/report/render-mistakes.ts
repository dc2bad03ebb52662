import { formatCount, formatDecimal } from '../../utils/format-values.ts';
import { type Html, html } from '../../utils/html.ts';
import { type GalleryItem, renderGallery } from './render-gallery.ts';
import type { ReportFacts } from './report-facts.ts';

/** Examples that were taken for what they are not, the surest mistakes first: pictures as they look, slides as a table. */
export function renderMistakes({ unit, classes, slides = [] }: ReportFacts, items: readonly GalleryItem[]): Html {
  const content =
    items.length === 0
      ? html`<p>None: every ${unit.slice(0, -1)} was taken for what it is.</p>`
      : unit === 'pictures'
        ? renderGallery(items, classes)
        : renderSlides(items, { classes, slides });
  return html`<section aria-labelledby="mistakes">
<h2 id="mistakes">Worst mistakes</h2>
${content}
</section>
`;
}

const COLUMNS = ['Patient', 'Is', 'Taken for'];

function renderSlides(
  items: readonly GalleryItem[],
  { classes, slides }: Required<Pick<ReportFacts, 'classes' | 'slides'>>,
): Html {
  return html`<div class="scroll"><table class="mistakes">
<caption>The name leads to the slide, where its path is known, else to its features</caption>
<thead><tr><th scope="col">Slide</th>${COLUMNS.map((name) => html`<th scope="col">${name}</th>`)}<th scope="col" class="number">Probability</th><th scope="col" class="number">Patches</th></tr></thead>
<tbody>${items.map(({ mistake: { row, label, guess, confidence } }) => {
    const { name = '', patient = '', patches, link = '' } = slides[row] ?? {};
    const texts = [patient, classes[label], classes[guess]];
    return html`<tr><th scope="row"><a href="${link}">${name}</a></th>${texts.map((text) => html`<td>${text}</td>`)}<td class="number">${formatDecimal(confidence, 3)}</td><td class="number">${formatCount(patches)}</td></tr>
`;
  })}</tbody>
</table></div>
`;
}
