// pipeline.mjs OUT NAIVE BACKBONE SLIDE...: the whole road from slides to a model of bags. NAIVE names the components whose mode is
// `naive`, joined by commas, or is `none`: reader, tissue, patches, stain, features, bag. Everything else is the same. What is made
// goes to OUT.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { detectTissue, openSlide, planPatches, streamPatches } from '../../../dist/index.js';
import { openEmbedder } from '../../../dist/inference/index.js';
import { createPatchPool, encodeTissuePng } from '../../../dist/preprocessing/index.js';
import { FEATURES } from '../lib/backbone-model.mjs';
import { openBagTrainer } from '../lib/bag-trainer.mjs';
import { measure } from '../lib/measure.mjs';
import { readRuntimeVersion } from '../lib/runtime-version.mjs';

const [out, parts, model, ...slides] = process.argv.slice(2);
const naive = new Set(parts.split(','));
const modeOf = (part) => (naive.has(part) ? 'naive' : 'optimised');

const [BATCH, WORKERS, EPOCHS] = [8, 2, 3];
/** More patches than any of the slides has. */
const LONGEST = 1024;

/** What the naive reader and the naive tissue detection never let go of: the caller's lists are theirs. */
const held = [];

await measure({
  name: 'slideloom',
  unit: 'slides',
  versions: readRuntimeVersion(),
  work: run,
  after: () => hashOutputs(),
});

async function run() {
  const embedder = await openEmbedder({ model, batchSize: BATCH, threads: 1, mode: modeOf('features') });
  const pool = createPatchPool({ workers: WORKERS });
  const bags = [];
  let patches = 0;
  for (const path of slides) {
    const slide = await openSlide(path, naive.has('reader') ? { cacheBytes: Number.MAX_SAFE_INTEGER } : {});
    const name = basename(path, '.svs');
    const tissue = await detectTissue(slide, { method: 'combine', mode: modeOf('tissue') });
    if (naive.has('tissue')) held.push(tissue);
    writeFileSync(join(out, `${name}.png`), await encodeTissuePng(tissue.mask));
    const features = await embed(slide, planPatches(slide, tissue, { size: embedder.backbone.side, level: 0 }), {
      embedder,
      pool,
    });
    if (naive.has('reader')) held.push(slide);
    else await slide.close();
    bags.push(join(out, `${name}.f32`));
    writeFileSync(bags.at(-1), features);
    patches += features.length / FEATURES;
  }
  await pool.close();
  const sha256 = await learn(bags);
  await embedder.close();
  for (const one of held) await one.close?.();
  writeFileSync(join(out, 'weights.sha256'), sha256);
  return { n: slides.length, patches };
}

/** While the model has one batch, workers cut the next. @returns rows in the order of the plan */
async function embed(slide, plan, { embedder, pool }) {
  const { side, mean, std } = embedder.backbone;
  const features = new Float32Array(plan.count() * FEATURES);
  // A batch's memory moves to the model and comes back with its features.
  const spare = [0, 1].map(() => new Float32Array(BATCH * 3 * side * side));
  let [filling, indices, running] = [spare.pop(), [], Promise.resolve()];
  const flush = async () => {
    await running;
    const own = indices;
    indices = [];
    running = embedder.run(filling, own.length).then(({ features: rows, planes }) => {
      spare.push(planes);
      for (const [row, index] of own.entries())
        features.set(rows.subarray(row * FEATURES, (row + 1) * FEATURES), index * FEATURES);
    });
    filling = spare.pop();
  };
  const stain = { fit: 'patch', mode: modeOf('stain') };
  const how = { layout: 'planes', normalise: { mean, std }, stain, mode: modeOf('patches'), pool };
  for await (const { patch, pixels, release } of streamPatches(slide, plan, how)) {
    filling.set(pixels, indices.length * 3 * side * side);
    release();
    indices.push(patch.index);
    if (indices.length === BATCH) await flush();
  }
  if (indices.length > 0) await flush();
  await running;
  return features;
}

/** Attention over the slides' bags, each read from its file when its turn comes. @returns the hash of the weights */
async function learn(bags) {
  const trainer = await openBagTrainer({ mode: modeOf('bag'), longest: LONGEST, features: FEATURES });
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    for (const [index, path] of bags.entries()) {
      const bytes = readFileSync(path);
      await trainer.learn(index, bytes.length / FEATURES / 4, (data) =>
        new Uint8Array(data.buffer, 0, bytes.length).set(bytes),
      );
    }
    trainer.endEpoch();
  }
  const sha256 = trainer.hashWeights();
  await trainer.release();
  return sha256;
}

/** Of all files together, by their names. */
function hashOutputs() {
  const hash = createHash('sha256');
  for (const file of readdirSync(out).sort()) hash.update(file).update(readFileSync(join(out, file)));
  return { sha256: hash.digest('hex') };
}
