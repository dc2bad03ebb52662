// embed.mjs SLIDE OUT --coords FILE --model FILE --threads N [--mpp N] [--part decode|model]: our side of embed_torch.py. Whole: `embedSlide`,
// from opening the slide to the features on the disk. `--part decode`: the same patches cut and dropped; `--part model`: the model alone
// on as many batches of pixels that are there already.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openSlide, streamPatches } from '../../../dist/index.js';
import { embedSlide, openEmbedder } from '../../../dist/inference/index.js';
import { createListPlan } from '../../../dist/preprocessing/index.js';
import { measure } from '../lib/measure.mjs';
import { readRuntimeVersion } from '../lib/runtime-version.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(['coords', 'model', 'mpp', 'part', 'threads'].map((name) => [name, { type: 'string' }])),
});
const [path, out] = positionals;
const coords = Int32Array.from(JSON.parse(readFileSync(values.coords, 'utf8')).flat());
const sampling = values.mpp === undefined ? { level: 0 } : { mpp: Number(values.mpp) };
const patches = coords.length / 2;
const WORK = { undefined: embed, decode, model };

// The peer's network is loaded before the clock starts as well. Of its own accord onnxruntime takes as many threads as the machine has
// cores, and puts them on all of these, whatever taskset says.
const embedder = await openEmbedder({ model: values.model, threads: Number(values.threads) });
await measure({ name: 'slideloom-embed', unit: 'patches', versions: readRuntimeVersion(), work: WORK[values.part] });
await embedder.close();

async function embed() {
  const { counts, files } = await embedSlide(path, { model: embedder, out, coords, ...sampling });
  return { n: counts.embedded, files };
}

async function decode() {
  const { side, mean, std } = embedder.backbone;
  const slide = await openSlide(path);
  try {
    const plan = createListPlan(slide, coords, { size: side, ...sampling });
    let n = 0;
    for await (const streamed of streamPatches(slide, plan, { layout: 'planes', normalise: { mean, std } })) {
      streamed.release();
      n += 1;
    }
    return n;
  } finally {
    await slide.close();
  }
}

async function model() {
  const { side, batchSize } = embedder.backbone;
  let planes = new Float32Array(batchSize * 3 * side * side).map((_, at) => Math.sin(0.37 * at));
  // They move to the model's thread and back.
  for (let done = 0; done < patches; done += batchSize)
    ({ planes } = await embedder.run(planes, Math.min(batchSize, patches - done)));
  return patches;
}
