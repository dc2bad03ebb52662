// train.mjs MODEL STEPS SHAPE TARGET: our side of train_torch.py, with its input, its AdamW and one thread. SHAPE is that of the
// input, TARGET {rows, first} of createTarget, both JSON.
import { openTrainStep } from '../../../dist/onnx/train-step.js';
import { resolveParameterGroups } from '../../../dist/train/optimizers/parameter-groups.js';
import { createOptimizer } from '../../../dist/train/optimizers.js';
import { measure } from '../lib/measure.mjs';
import { readRuntimeVersion } from '../lib/runtime-version.mjs';
import { createTarget, createWave } from '../lib/wave.mjs';

const RATE = 1e-4;
const WARM_UP = 2;

const [model, steps, shape, target] = process.argv.slice(2);
const step = await openTrainStep(model, { loss: { kind: 'cross-entropy' }, threads: 1 });
const weights = step.createWeights({ forget: true });
const trained = step.parameters.filter(({ trainable }) => trainable);
const settings = resolveParameterGroups(new Map(trained.map(({ name, dims }) => [name, dims])), { weightDecay: 0.01 });
const optimizer = createOptimizer(weights, settings, { name: 'adamw' });
const inputs = new Map([[step.inputs[0].name, createWave(JSON.parse(shape))]]);
const batch = { inputs, target: createTarget(JSON.parse(target)), weights };

async function learn() {
  const { loss, gradients, statistics } = await step.step(batch);
  optimizer.step(gradients, RATE);
  for (const [name, values] of statistics) weights.set(name, values);
  return loss;
}

for (let index = 0; index < WARM_UP; index += 1) await learn();
await measure({
  name: 'slideloom',
  unit: 'steps',
  versions: readRuntimeVersion(),
  work: async () => {
    let loss = 0;
    for (let index = 0; index < Number(steps); index += 1) loss = await learn();
    return { n: Number(steps), loss };
  },
});
await step.release();
