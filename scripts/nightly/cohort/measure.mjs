// Figures of held-out slides, against what was drawn.
import { renderSyntheticTruth, SYNTHETIC_CLASSES } from '../../../dist/slide/index.js';

/** Level-0 pixels of one point of the truth. */
const DOWNSAMPLE = 16;
/** The patch of highest attention is a hit where so much of it is tumour: nests have septa of stroma between them. */
const LEAST_SHARE = 0.25;

/** Share of the pairs of a slide with and one without tumour in which the former has the higher probability; ties count half. */
export function measureAuc(predicted) {
  const list = (label) => predicted.filter(({ slide }) => slide.label === label).map(({ probability }) => probability);
  const [positive, negative] = [list('tumour'), list('normal')];
  let sum = 0;
  for (const high of positive) for (const low of negative) sum += high > low ? 1 : high === low ? 0.5 : 0;
  return sum / (positive.length * negative.length);
}

/** Of slides with a lesion: how often the patch of highest attention lies on it. @returns also the share that chance would give */
export function measurePointing(predicted) {
  const positive = predicted.filter(({ slide }) => slide.label === 'tumour');
  let [hits, chance] = [0, 0];
  for (const { slide, top } of positive) {
    const truth = renderSyntheticTruth(slide.options, DOWNSAMPLE);
    if (measureShare(truth, top) >= LEAST_SHARE) hits++;
    const tissue = truth.tissue.reduce((sum, one) => sum + one, 0);
    chance += truth.classes.filter((one) => one === SYNTHETIC_CLASSES.tumour).length / tissue / positive.length;
  }
  return { hits, slides: positive.length, share: hits / positive.length, chance };
}

/** Share of a patch that is tumour. */
function measureShare({ width, height, classes }, { x, y, width: span, height: tall }) {
  let [inside, tumour] = [0, 0];
  const [left, top] = [Number(x) / DOWNSAMPLE, Number(y) / DOWNSAMPLE];
  for (let row = Math.floor(top); row < Math.min(height, top + Number(tall) / DOWNSAMPLE); row++) {
    for (let col = Math.floor(left); col < Math.min(width, left + Number(span) / DOWNSAMPLE); col++) {
      inside++;
      if (classes[row * width + col] === SYNTHETIC_CLASSES.tumour) tumour++;
    }
  }
  return tumour / inside;
}
