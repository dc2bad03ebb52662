import { formatCount, formatDecimal, formatDuration, formatShare } from '../../utils/format-values.ts';
import { type Html, html } from '../../utils/html.ts';
import { renderOptions, renderPage, renderTiles } from '../../utils/report-page.ts';
import { VERSION } from '../../utils/version.ts';
import { listOptions } from './list-options.ts';
import { renderConfusion } from './render-confusion.ts';
import { renderCurves } from './render-curves.ts';
import { renderFigures } from './render-figures.ts';
import type { GalleryItem } from './render-gallery.ts';
import { renderMistakes } from './render-mistakes.ts';
import { renderOperating } from './render-operating.ts';
import type { ReportFacts } from './report-facts.ts';
import { TRAINING_STYLE } from './training-style.ts';

/**
 * The report of a training as one page that asks for nothing else. Times stand in elements marked `data-volatile` and nowhere
 * else.
 */
export function renderTraining(facts: ReportFacts, mistakes: readonly GalleryItem[]): string {
  return renderPage({
    ...{ title: facts.title, version: VERSION, summary: summarize(facts), style: TRAINING_STYLE },
    content: html`${renderTotals(facts)}${renderSetting(facts)}${renderCurves(facts)}${renderFigures(facts)}${renderConfusion(facts)}${renderOperating(facts)}${renderMistakes(facts, mistakes)}${renderOptions(listOptions(facts.options))}`,
    footer: html`Figures are of the validation set, by which ${listChosen(facts)} chosen: ${facts.unit} that the training never saw may fare worse. Times are marked <code>data-volatile</code>.`,
  });
}

function listChosen({ calibration, evaluation }: ReportFacts): string {
  const names = ['the best epoch', ...(calibration ? ['the temperature'] : [])];
  if (evaluation.threshold !== undefined) names.push('the threshold');
  return `${names.join(' and ')} ${names.length === 1 ? 'was' : 'were'}`;
}

function summarize({ bestEpoch, epochs, evaluation }: ReportFacts): string {
  const auc = evaluation.auc === undefined ? '' : `, area under ROC ${formatDecimal(evaluation.auc, 3)}`;
  return `Epoch ${bestEpoch} of ${epochs.length} is the best${auc}`;
}

function renderTotals({ unit, evaluation, data, epochs, bestEpoch }: ReportFacts): Html {
  const wrong = evaluation.confusion.flatMap((row, label) => row.filter((_, guess) => guess !== label));
  const mistakes = wrong.reduce((sum, count) => sum + count, 0);
  return renderTiles([
    { name: 'area under ROC', value: formatDecimal(evaluation.auc, 3) },
    { name: 'balanced accuracy', value: formatShare(evaluation.balancedAccuracy) },
    { name: `${unit} to learn from`, value: formatCount(data.train.reduce((sum, count) => sum + count, 0)) },
    { name: 'to judge by', value: formatCount(evaluation.count) },
    { name: 'mistakes', value: formatCount(mistakes) },
    { name: 'best epoch', value: `${bestEpoch} of ${epochs.length}` },
    {
      name: unit === 'pictures' ? 'not readable' : 'left out',
      value: formatCount(data.skipped),
      mark: data.skipped > 0 && 'warn',
    },
  ]);
}

/** What learned, from what, and what makes the figures believable. */
function renderSetting({ model, data, seconds }: ReportFacts): Html {
  const { patients, compared } = data;
  const weights =
    model.trained === model.parameters
      ? formatCount(model.parameters)
      : `${formatCount(model.parameters)}, ${formatCount(model.trained)} of them trained`;
  const known = [
    ['Model', model.name],
    ['Input', model.input],
    ['Weights', weights],
    [
      'Patients',
      patients && `${formatCount(patients.train)} to learn from, ${formatCount(patients.validation)} to judge by`,
    ],
    ['Nothing shared between the two, by', compared.length > 0 ? compared.join(', ') : undefined],
  ].filter(([, value]) => value !== undefined);
  return html`<section aria-label="Setting">
<dl class="run">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}<div data-volatile><dt>Took</dt><dd>${formatDuration(seconds)}</dd></div></dl>
</section>
`;
}
