// train-memory.mjs MODEL STEPS: node --expose-gc. Memory by step, on bags of many sizes; the model takes [instances, features].
import { readFileSync } from 'node:fs';
import { openTrainStep } from '../../../dist/onnx/train-step.js';
import { resolveParameterGroups } from '../../../dist/train/optimizers/parameter-groups.js';
import { createOptimizer } from '../../../dist/train/optimizers.js';
import { measure } from '../lib/measure.mjs';
import { readRuntimeVersion } from '../lib/runtime-version.mjs';
import { createTarget, createWave } from '../lib/wave.mjs';

/** Steps that are not looked at: within them the largest bag has come, and the code is compiled. */
const WARM_UP = 100;
const EVERY = 20;
/** Instances of a bag. */
const [LEAST, MOST] = [20, 400];

const [model, count] = process.argv.slice(2);
const steps = Number(count);
const step = await openTrainStep(model, { loss: { kind: 'cross-entropy' }, threads: 1 });
const weights = step.createWeights();
const trained = step.parameters.filter(({ trainable }) => trainable);
const settings = resolveParameterGroups(new Map(trained.map(({ name, dims }) => [name, dims])), { weightDecay: 0.01 });
const optimizer = createOptimizer(weights, settings, { name: 'adamw' });
const [{ name: input, dims }] = step.inputs;
const largest = createWave([MOST, dims[1]]);
const target = createTarget({ rows: 1, classes: step.target.dims[1] });

/** VmRSS in bytes, after what nobody holds is gone. */
function readMemory() {
  globalThis.gc();
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}

async function learn(index) {
  const instances = LEAST + ((index * 167) % (MOST - LEAST + 1));
  const shape = [instances, dims[1]];
  // Bags are parts of one buffer, as a loader's are: what makes them anew in each step would be measured with the step.
  const data = largest.data.subarray(0, instances * dims[1]);
  const inputs = new Map([[input, { type: 'float32', dims: shape, data }]]);
  const { gradients } = await step.step({ inputs, target, weights });
  optimizer.step(gradients, 1e-5);
}

/** Least squares: bytes a step. */
function fitSlope(values) {
  const middle = (values.length - 1) / 2;
  let [product, square] = [0, 0];
  for (const [index, value] of values.entries()) {
    product += (index - middle) * value;
    square += (index - middle) ** 2;
  }
  return product / square / EVERY;
}

for (let index = 0; index < WARM_UP; index += 1) await learn(index);
await measure({
  name: 'slideloom',
  unit: 'steps',
  versions: readRuntimeVersion(),
  work: async () => {
    const memory = [readMemory()];
    for (let index = 1; index <= steps; index += 1) {
      await learn(index);
      if (index % EVERY === 0) memory.push(readMemory());
    }
    const [start, end] = [memory[0], memory.at(-1)].map((bytes) => Math.round(bytes / 1e5) / 10);
    return { n: steps, slope_bytes: fitSlope(memory), start_mb: start, end_mb: end };
  },
});
await step.release();
