// train-modes.mjs MODE BAGS EPOCHS: attention over bags of 64 x 384, with the memory of its steps by MODE, naive or optimised.
// Both arms are one loop: they differ in `createStepMemory` alone.
import { createHash } from 'node:crypto';
import { openTrainStep } from '../../../dist/onnx/train-step.js';
import { createBufferPool } from '../../../dist/train/batches/buffer-pool.js';
import { resolveParameterGroups } from '../../../dist/train/optimizers/parameter-groups.js';
import { createOptimizer } from '../../../dist/train/optimizers.js';
import { createStepMemory } from '../../../dist/train/step-memory.js';
import { createAbmil } from '../lib/abmil-model.mjs';
import { measure } from '../lib/measure.mjs';
import { readRuntimeVersion } from '../lib/runtime-version.mjs';
import { createTarget, createWave } from '../lib/wave.mjs';

const [INSTANCES, FEATURES, ATTENTION, CLASSES, RATE] = [64, 384, 128, 2, 1e-4];

const [mode, bags, epochs] = process.argv.slice(2);
const model = createAbmil({ features: FEATURES, attention: ATTENTION, classes: CLASSES });
const step = await openTrainStep(model, { loss: { kind: 'cross-entropy' }, threads: 1 });
const weights = step.createWeights();
const settings = resolveParameterGroups(new Map(step.parameters.map(({ name, dims }) => [name, dims])), {
  weightDecay: 0.01,
});
const optimizer = createOptimizer(weights, settings, { name: 'adamw' });
const memory = createStepMemory(mode);
const dims = [INSTANCES, FEATURES];
const buffers = createBufferPool(INSTANCES * FEATURES * 4);
/** Bags are cut out of it, as they would be read from a file. */
const { data: wave } = createWave([2 * INSTANCES, FEATURES]);

async function learn(index) {
  const buffer = buffers.take();
  const data = new Float32Array(buffer);
  data.set(wave.subarray((index * 97) % data.length).subarray(0, data.length));
  const inputs = new Map([['bag', { type: 'float32', dims, data }]]);
  const target = createTarget({ rows: 1, first: index, classes: CLASSES });
  const result = await step.step({ inputs, target, weights });
  optimizer.step(result.gradients, RATE);
  memory.settle({ inputs, target, result, release: () => buffers.give(buffer) });
}

function hashWeights() {
  const hash = createHash('sha256');
  for (const [name, values] of weights) hash.update(name).update(values);
  return hash.digest('hex');
}

await measure({
  name: 'slideloom',
  unit: 'steps',
  versions: readRuntimeVersion(),
  work: async () => {
    for (let epoch = 0; epoch < Number(epochs); epoch += 1) {
      for (let index = 0; index < Number(bags); index += 1) await learn(index);
      memory.endEpoch();
    }
    return Number(epochs) * Number(bags);
  },
  after: () => ({ sha256: hashWeights(), buffers: buffers.created }),
});
await step.release();
