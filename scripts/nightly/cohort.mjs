#!/usr/bin/env node
// npm run nightly -- cohort [--seed N] [FOLDER]: 60 generated slides, half of them with one small lesion, known by the label of the slide alone.
// Features, trainings and predictions are made from the command line. Three times a third of the patients is held out: neither
// trained on nor used to choose weights, temperature or threshold, so that each slide is predicted once by a model that never saw it.
// Another seed gives other slides, lesions and stains, and another split of the trainings. Ends with 1 where a figure is missed. A
// folder that is given is kept, and what is finished in it is not made again.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createSlides, HOLD_OUTS } from './cohort/create-slides.mjs';
import { measureAuc, measurePointing } from './cohort/measure.mjs';
import { fetchBackbone } from './fetch-npm-model.mjs';

const LEAST_AUC = 0.95;
const LEAST_POINTING = 0.9;
const MOST_MINUTES = 20;
const MOST_SEED = 1_000_000;
const TRAINING_SEED = 42;
/**
 * MobileFaceNet: trained on faces, it has never seen tissue. The means of maps in its middle tell textures apart; its last layer
 * tells faces apart. A patch of 112 px at 1 µm is 224 level-0 px.
 */
const BACKBONE = {
  file: 'fr_feature.onnx',
  output: '431',
  mean: '0.5,0.5,0.5',
  std: '0.5,0.5,0.5',
  size: '112',
  mpp: '1',
};

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { values, positionals } = parseArgs({
  options: { seed: { type: 'string', default: '0' } },
  allowPositionals: true,
});
const seed = Number(values.seed);
if (!Number.isSafeInteger(seed) || seed < 0 || seed > MOST_SEED)
  throw new Error(`expected --seed from 0 to ${MOST_SEED}: ${values.seed}`);
const [kept] = positionals;
const whole = kept ? resolve(kept) : mkdtempSync(join(tmpdir(), 'slideloom-cohort-'));
/** Of this cohort alone: what another seed made must not count as made. */
const folder = join(whole, `seed-${seed}`);
const clock = performance.now();
try {
  const model = fetchBackbone(BACKBONE.file, whole);
  if (model) await run(model);
} finally {
  if (!kept) rmSync(whole, { recursive: true, force: true });
}

async function run(model) {
  mkdirSync(folder, { recursive: true });
  const slides = await timed('slides made', () => createSlides(join(folder, 'slides'), seed));
  const { output, mean, std, size, mpp } = BACKBONE;
  const patches = ['--size', size, '--patch-mpp', mpp, '--output', output, '--mean', mean, '--std', std];
  const features = join(folder, 'features');
  await timed('features', () =>
    slideloom('embed', join(folder, 'slides'), '--model', model, ...patches, '--out', features),
  );
  const predicted = [];
  for (let part = 0; part < HOLD_OUTS; part++)
    predicted.push(
      ...(await timed(`held out ${part + 1} of ${HOLD_OUTS}`, () => trainAndPredict(slides, features, part))),
    );
  report(predicted);
}

/** @returns the slides that were held out, with their probability of a tumour and the patch of highest attention */
function trainAndPredict(slides, features, part) {
  const at = join(folder, `part-${part}`);
  mkdirSync(at, { recursive: true });
  const held = slides.filter((slide) => slide.part === part);
  writeLabels(
    join(at, 'train.csv'),
    slides.filter((slide) => slide.part !== part),
  );
  writeLabels(join(at, 'held-out.csv'), held);
  const data = ['--features', features, '--labels', join(at, 'train.csv')];
  const how = ['--model', 'gated-abmil', '--out', join(at, 'model'), '--seed', `${TRAINING_SEED + seed}`];
  slideloom('train', 'phase2', ...data, ...how, existsSync(join(at, 'model')) ? '--resume' : '--overwrite');
  const files = held.map(({ id }) => join(features, `${id}.safetensors`));
  const labels = ['--labels', join(at, 'held-out.csv')];
  const out = join(at, 'predictions');
  slideloom('predict', 'slides', ...files, '--model', join(at, 'model', 'model.onnx'), ...labels, '--out', out);
  const rows = readTable(join(out, 'predictions.csv'));
  return held.map((slide) => {
    const row = rows.find((one) => one.slide === slide.id);
    const scores = readTable(join(out, 'attention', `${slide.id}.csv`));
    const top = scores.reduce((best, one) => (Number(one.attention) > Number(best.attention) ? one : best));
    return { slide, probability: Number(row.probability_tumour), top };
  });
}

function report(predicted) {
  const auc = measureAuc(predicted);
  const pointing = measurePointing(predicted);
  const minutes = (performance.now() - clock) / 60_000;
  const lines = [
    [auc >= LEAST_AUC, `AUC ${auc.toFixed(4)} over ${predicted.length} held-out slides (at least ${LEAST_AUC})`],
    [
      pointing.share >= LEAST_POINTING,
      `pointing game ${pointing.hits} of ${pointing.slides} (at least ${LEAST_POINTING})`,
    ],
    [minutes < MOST_MINUTES, `${minutes.toFixed(1)} minutes (less than ${MOST_MINUTES})`],
  ];
  for (const [met, what] of lines) {
    if (!met) process.exitCode = 1;
    process.stdout.write(`${met ? 'met   ' : 'MISSED'} ${what}\n`);
  }
  process.stdout.write(`       by chance the pointing game would give ${pointing.chance.toFixed(3)}\n`);
}

function writeLabels(path, slides) {
  const lines = slides.map(({ id, label, patient }) => `${id},${label},${patient}`);
  writeFileSync(path, `${['slide,label,patient', ...lines].join('\n')}\n`);
}

function slideloom(...words) {
  const options = { encoding: 'utf8', maxBuffer: 2 ** 26 };
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'dist/cli/main.js'), ...words, '--quiet'],
    options,
  );
  if (status !== 0) throw new Error(`slideloom ${words.slice(0, 2).join(' ')} ended with ${status}: ${stderr}`);
}

/** Tables of this run have no quotes. */
function readTable(path) {
  const [head, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at], value])));
}

async function timed(what, work) {
  const begin = performance.now();
  const result = await work();
  process.stdout.write(`       ${what}: ${((performance.now() - begin) / 1000).toFixed(1)} s\n`);
  return result;
}
