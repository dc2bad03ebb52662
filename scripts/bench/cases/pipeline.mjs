// The whole road, slides to a model of bags: nothing kept, all components naive, and each of them naive by itself. All arms are one
// program of the library's own stages: they differ in what is kept, and what they leave has to be the same.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareSides } from '../lib/compare-sides.mjs';
import { median, row } from '../lib/rows.mjs';

/** In the order of the road. */
const COMPONENTS = ['reader', 'tissue', 'patches', 'stain', 'features', 'bag'];
const SIZE = 512;
/** With eight arms, six rounds would take ten minutes. */
const ROUNDS = 2;

export const PIPELINE_CASES = { b28: compareArms };

async function compareArms(ctx) {
  const { slides, backbone } = await prepareInputs(ctx);
  const script = join(ctx.root, 'scripts', 'bench', 'ours', 'pipeline.mjs');
  const side = (naive) => (out) => [process.execPath, script, out, naive.join(',') || 'none', backbone, ...slides];
  const alone = COMPONENTS.map((one) => [one, side([one])]);
  const sides = { ours: side([]), naive: side(COMPONENTS), ...Object.fromEntries(alone) };
  const rounds = ctx.options.rounds === undefined ? Math.min(ctx.rounds, ROUNDS) : ctx.rounds;
  const { rows, results } = await compareSides({ ...ctx, rounds }, 'pipeline.b28', { sides, unit: 'slides' });
  return [...compareOutputs(results), ...listClaims(results, ctx.quick), ...rows];
}

/** Masks, features and weights of all arms are to be the same, byte for byte. */
function compareOutputs(results) {
  const runs = Object.values(results).flat();
  const hashes = new Set(runs.map(({ sha256 }) => sha256));
  const detail = `more than one among masks, features and weights of all arms; ${runs[0].patches} patches of ${SIZE} px`;
  return [row('pipeline.b28.difference', hashes.size - 1, { unit: 'outputs', atMost: 0, detail })];
}

/** What the seed claims of the whole: 30 to 50 % less memory, 20 to 40 % more throughput. */
function listClaims({ ours, naive, ...others }, quick) {
  const saved = ours.map(({ peak_mb: peak }, round) => 100 * (1 - peak / naive[round].peak_mb));
  const memory = quick ? {} : { atLeast: 30 };
  const speeds = Object.entries({ ours, naive, ...others }).map(([arm, runs]) => [arm, runs.map(countHourly)]);
  const gains = ours.map((run, round) => 100 * (countHourly(run) / countHourly(naive[round]) - 1));
  const peaks = [naive, ours].map((runs) => `${median(runs.map((run) => run.peak_mb))} MB`).join(' to ');
  return [
    row('pipeline.b28.memory_lower', saved, { unit: '%', ...memory, detail: `all naive to all optimised: ${peaks}` }),
    { ...row('pipeline.b28.throughput_gain', gains, { unit: '%' }), listed: true },
    ...speeds.map(([arm, values]) => ({
      ...row(`pipeline.b28.${arm}.slides_per_h`, values, { unit: 'slides/h' }),
      listed: true,
    })),
  ];
}

function countHourly({ n, wall_s: seconds }) {
  return (3600 * n) / seconds;
}

/** Two generated slides and a small backbone. */
async function prepareInputs(ctx) {
  const slides = [1, 2].map((seed) => join(ctx.tmp, `slide-${seed}.svs`));
  const backbone = join(ctx.tmp, 'backbone.onnx');
  const side = ctx.quick ? 2048 : 8192;
  const { createSyntheticSlide } = await import('../../../dist/slide/index.js');
  const { createBackbone } = await import('../lib/backbone-model.mjs');
  for (const [at, path] of slides.entries())
    await createSyntheticSlide(path, { width: side, height: side, seed: at + 1, tissueShare: 0.6 });
  writeFileSync(backbone, createBackbone(SIZE));
  return { slides, backbone };
}
