// The slides of the cohort: what is on each is decided by its number and the seed of the cohort.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createSyntheticSlide } from '../../../dist/slide/index.js';

/** Parts of the patients, each held out once. */
export const HOLD_OUTS = 3;
/** Every second patient has a tumour; of four in a row two have two slides: 60 slides, 30 with a lesion. */
const PATIENTS = 40;
const SIDE = 4096;
/** Microns: a lesion covers a hundredth to a fiftieth of the slide, some 5 of 145 patches. */
const LESION = [300, 450];

/** More than there are slides: no two cohorts share one. */
const SEED_STEP = 1000;

/** Makes those that are not there yet. @param seed of the cohort, from 0 @returns of each slide its name, label, patient, part and the options that it was made by */
export async function createSlides(folder, seed) {
  mkdirSync(folder, { recursive: true });
  const random = createRandom(20_261_122 + Math.imul(seed, 0x9e37_79b1));
  const slides = [];
  for (let patient = 0; patient < PATIENTS; patient++) {
    const hasTumour = patient % 2 === 1;
    for (let count = patient % 4 < 2 ? 2 : 1; count > 0; count--) {
      const id = `slide-${String(slides.length).padStart(2, '0')}`;
      const options = chooseOptions(SEED_STEP * (seed + 1) + slides.length, hasTumour, random);
      const path = join(folder, `${id}.svs`);
      if (!existsSync(path)) await createSyntheticSlide(path, { ...options, associatedImages: [] });
      const label = hasTumour ? 'tumour' : 'normal';
      slides.push({ id, label, patient: `patient-${patient}`, part: (patient >> 1) % HOLD_OUTS, options });
    }
  }
  return slides;
}

/** Stains differ from slide to slide, tumour or not: how dark or how blue a slide is says nothing. */
function chooseOptions(seed, hasTumour, random) {
  const size = { width: SIDE, height: SIDE, tissueShare: 0.35, seed };
  const stains = { haematoxylinStrength: 0.7 + 0.6 * random(), eosinStrength: 0.7 + 0.6 * random() };
  const artefacts = { penMark: random() < 0.5, fold: random() < 0.5 };
  const diameter = Math.round(LESION[0] + (LESION[1] - LESION[0]) * random());
  return { ...size, ...stains, ...artefacts, tumour: hasTumour ? diameter : 'none' };
}

/** Numbers from 0 to 1, the same in every run. */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
