// Attention over bags of features, learned step by step, with the memory of its steps by MODE: naive or optimised. Both are one loop
// and differ in `createStepMemory` alone.
import { createHash } from 'node:crypto';
import { openTrainStep } from '../../../dist/onnx/train-step.js';
import { createBufferPool } from '../../../dist/train/batches/buffer-pool.js';
import { resolveParameterGroups } from '../../../dist/train/optimizers/parameter-groups.js';
import { createOptimizer } from '../../../dist/train/optimizers.js';
import { createStepMemory } from '../../../dist/train/step-memory.js';
import { createAbmil } from './abmil-model.mjs';
import { createTarget } from './wave.mjs';

const [ATTENTION, CLASSES, RATE] = [128, 2, 1e-4];

/** @param longest instances that the largest bag has; @param features of an instance */
export async function openBagTrainer({ mode, longest, features }) {
  const model = createAbmil({ features, attention: ATTENTION, classes: CLASSES });
  const step = await openTrainStep(model, { loss: { kind: 'cross-entropy' }, threads: 1 });
  const weights = step.createWeights();
  const shapes = new Map(step.parameters.map(({ name, dims }) => [name, dims]));
  const settings = resolveParameterGroups(shapes, { weightDecay: 0.01 });
  const optimizer = createOptimizer(weights, settings, { name: 'adamw' });
  const memory = createStepMemory(mode);
  const buffers = createBufferPool(longest * features * 4);
  return {
    /** One step on a bag of some instances; `fill` is given its memory. `index` decides its class. */
    async learn(index, rows, fill) {
      const buffer = buffers.take();
      const data = new Float32Array(buffer, 0, rows * features);
      fill(data);
      const inputs = new Map([['bag', { type: 'float32', dims: [rows, features], data }]]);
      const target = createTarget({ rows: 1, first: index, classes: CLASSES });
      const result = await step.step({ inputs, target, weights });
      optimizer.step(result.gradients, RATE);
      memory.settle({ inputs, target, result, release: () => buffers.give(buffer) });
    },
    endEpoch: () => memory.endEpoch(),
    hashWeights() {
      const hash = createHash('sha256');
      for (const [name, values] of weights) hash.update(name).update(values);
      return hash.digest('hex');
    },
    /** Buffers that were made for bags. */
    get buffers() {
      return buffers.created;
    },
    release: () => step.release(),
  };
}
