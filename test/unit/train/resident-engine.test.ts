import { expect, it } from 'vitest';
import { openTrainer } from '../../../src/onnx/device/open-trainer.ts';
import { openTrainerThread } from '../../../src/onnx/device/trainer-thread.ts';
import { ResidentEngine } from '../../../src/train/engines/resident-engine.ts';
import { createOptimizer } from '../../../src/train/optimizers.ts';
import { TrainingError } from '../../../src/utils/errors.ts';
import { createTinyClassifier, TINY_SIDE } from '../../support/tiny-training.ts';

const ADAMW = { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

type OpenTrainer = typeof openTrainerThread;

async function open(mode: 'step' | 'scan', openOne: OpenTrainer = openTrainer) {
  const settings = ['conv.weight', 'fc.weight', 'fc.bias'].map((name) => ({ name, rateScale: 1, weightDecay: 0.01 }));
  const options = { loss: { kind: 'cross-entropy' }, optimizer: ADAMW, settings, clipNorm: 1, mode } as const;
  const engine = new ResidentEngine(await openOne(createTinyClassifier(), options));
  const weights = engine.createWeights();
  return { engine, state: { weights, optimizer: createOptimizer(weights, settings, { name: 'adamw' }) } };
}

function createBatch(at: number, count = 2) {
  const data = new Float32Array(count * 3 * TINY_SIDE * TINY_SIDE).map((_, i) => Math.sin(i * (at + 1)));
  const target = Float32Array.from({ length: count * 2 }, (_, i) => (i + at) % 2);
  return {
    inputs: new Map([['images', { type: 'float32' as const, dims: [count, 3, TINY_SIDE, TINY_SIDE], data }]]),
    target: { type: 'float32' as const, dims: [count, 2], data: target },
    ...{ rate: 1e-2, count, name: `batch ${at}` },
  };
}

it('the training is behind the device until it is settled, and another engine goes on from there', async () => {
  const { engine, state } = await open('step');
  await using whole = engine;
  for (let at = 0; at < 4; at++) await whole.learn(state, { batch: createBatch(at), flush: false });
  expect(state.optimizer.steps).toBe(4);
  expect(state.weights).toEqual(whole.createWeights());
  await whole.settle(state);
  expect(state.weights.get('fc.weight')).not.toEqual(whole.createWeights().get('fc.weight'));

  const first = await open('scan');
  await using one = first.engine;
  expect(await one.learn(first.state, { batch: createBatch(0), flush: false })).toEqual([]);
  expect(await one.learn(first.state, { batch: createBatch(1, 2), flush: true })).toHaveLength(2);
  expect(await one.learn(first.state, { batch: createBatch(2), flush: false })).toEqual([]);
  expect(await one.settle(first.state)).toMatchObject([{ count: 2, rate: 1e-2 }]);
  const second = await open('step');
  await using other = second.engine;
  for (const [name, values] of first.state.weights) second.state.weights.set(name, values);
  second.state.optimizer.restore(first.state.optimizer);
  await other.learn(second.state, { batch: createBatch(3), flush: false });
  await other.settle(second.state);

  expect(second.state.weights).toEqual(state.weights);
  expect(second.state.optimizer.slots).toEqual(state.optimizer.slots);
});

it.each([
  { mode: 'step', keeps: true },
  { mode: 'scan', keeps: false },
] as const)('a loss that is no number ends it, with the batch named: $mode', async ({ mode, keeps }) => {
  const { engine, state } = await open(mode);
  await using trained = engine;
  await trained.learn(state, { batch: createBatch(0), flush: false });
  const bad = createBatch(1);
  bad.target.data[0] = Number.NaN;
  const failed = trained.learn(state, { batch: bad, flush: true });
  await expect(failed).rejects.toThrow(/step 1: batch 1: the loss is NaN/);
  await expect(failed).rejects.toBeInstanceOf(TrainingError);
  // One batch alone was undone, and the state before it can be kept; of a run of two the good one is lost as well.
  if (keeps) expect(await trained.settle(state)).toEqual([]);
  else await expect(trained.settle(state)).rejects.toThrow('older state');
  expect(state.optimizer.steps).toBe(1);
});

it('gives the same bits in a thread of its own, recycled in between', async () => {
  const runs = [openTrainer, openTrainerThread].map(async (openOne: OpenTrainer) => {
    const { engine, state } = await open('scan', openOne);
    await using trained = engine;
    await trained.learn(state, { batch: createBatch(0), flush: false });
    const results = await trained.learn(state, { batch: createBatch(1), flush: true });
    await trained.recycle();
    results.push(...(await trained.learn(state, { batch: createBatch(2), flush: false })));
    results.push(...(await trained.settle(state)));
    return { results, weights: state.weights, slots: state.optimizer.slots };
  });
  const [here, there] = await Promise.all(runs);
  expect(here?.results).toHaveLength(3);
  expect(there).toEqual(here);
});

it('running statistics that are no numbers never reach the training', async () => {
  const { engine, state } = await open('step');
  await using trained = engine;
  const batch = createBatch(0);
  await trained.learn(state, { batch, flush: true });
  await trained.settle(state);
  const before = state.weights.get('bn.running_var')?.slice();
  expect(before?.every(Number.isFinite)).toBe(true);
  // Their squares are beyond single precision, and normalisation brings the loss back to a number.
  batch.inputs.get('images')?.data.fill(3e30, 0, 40);
  await trained.learn(state, { batch, flush: true }).catch(() => undefined);
  await trained.settle(state).catch((error: unknown) => expect(error).toBeInstanceOf(TrainingError));
  expect(state.weights.get('bn.running_var')).toEqual(before);
});
