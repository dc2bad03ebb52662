// infer.mjs MODEL BATCH SIZE REPS: our side of infer_torch.py, with its input and one thread.
import { openForward } from '../../../dist/onnx/open-forward.js';
import { measure } from '../lib/measure.mjs';
import { readRuntimeVersion } from '../lib/runtime-version.mjs';
import { createWave } from '../lib/wave.mjs';

const [model, batch, size, reps] = process.argv.slice(2);
const forward = await openForward(model, { threads: 1 });
const inputs = new Map([[forward.inputNames[0], createWave([Number(batch), 3, Number(size), Number(size)])]]);
const score = async () => (await forward.run(inputs)).get(forward.outputNames[0]).data;

await score();
await measure({
  name: 'slideloom',
  unit: 'images',
  versions: readRuntimeVersion(),
  work: async () => {
    let scores = [];
    for (let index = 0; index < Number(reps); index += 1) scores = await score();
    const mean = scores.reduce((sum, one) => sum + one, 0) / scores.length;
    return { n: Number(batch) * Number(reps), mean };
  },
});
await forward.release();
