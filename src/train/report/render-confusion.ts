import { formatCount, formatShare } from '../../utils/format-values.ts';
import { type Html, html } from '../../utils/html.ts';
import type { ReportFacts } from './report-facts.ts';

/** What examples are (rows) and what they were taken for (columns), darker where more of the row is. */
export function renderConfusion({
  evaluation,
  classes,
  unit,
}: Pick<ReportFacts, 'evaluation' | 'classes' | 'unit'>): Html {
  const { confusion, threshold } = evaluation;
  const noun = unit.slice(0, -1);
  const rule =
    threshold === undefined
      ? `Each ${noun} is taken for its most probable class`
      : `A ${noun} is taken for ${classes[1] ?? 'the second class'} from a probability of ${threshold.toPrecision(3)} on`;
  return html`<section aria-labelledby="confusion">
<h2 id="confusion">What was taken for what</h2>
<div class="scroll"><table class="confusion">
<caption>${rule}. Rows: what it is; columns: what it was taken for</caption>
<thead><tr><th scope="col"></th>${classes.map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${confusion.map((row, label) => renderRow(classes[label] ?? '', row))}</tbody>
</table></div>
</section>
`;
}

function renderRow(name: string, row: readonly number[]): Html {
  const all = row.reduce((sum, count) => sum + count, 0);
  return html`<tr><th scope="row">${name}</th>${row.map((count) => {
    const share = all === 0 ? 0 : count / all;
    const shade = Math.round(share * 100);
    return html`<td class="number" style="--share:${shade}%">${formatCount(count)} <span class="share">${formatShare(share)}</span></td>`;
  })}</tr>
`;
}
