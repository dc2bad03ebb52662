import { describe, expect, it } from 'vitest';
import { createZeros } from '../../src/onnx/model/tensor.ts';
import { openTrainStep, type TrainStep } from '../../src/onnx/train-step.ts';
import { openTrainThread } from '../../src/onnx/train-thread.ts';
import { OperatorError, SessionError } from '../../src/utils/model-errors.ts';
import { createPattern, createTinyModel } from '../support/tiny-models.ts';

const MODEL = createTinyModel({
  nodes: [
    ['MatMul', ['x', 'w'], ['h']],
    ['Tanh', ['h'], ['y']],
  ],
  tensors: { w: createPattern(3, 4) },
});
const OPTIONS = { loss: { kind: 'mean-squared-error' } } as const;
const BATCH = { inputs: new Map([['x', createPattern(5, 3)]]), target: createPattern(5, 4) };

describe('a train step in a thread of its own', () => {
  it('gives the same bits as on this thread, and gives the weights back', async () => {
    await using here = await openTrainStep(MODEL, OPTIONS);
    await using there = await openTrainThread(MODEL, OPTIONS);
    expect(there.parameters).toEqual(here.parameters);
    const weights = there.createWeights();
    for (let round = 0; round < 2; round++) {
      const ours = await here.step({ ...BATCH, weights: here.createWeights() });
      const theirs = await there.step({ ...BATCH, weights });
      expect(theirs).toEqual(ours);
      expect(weights).toEqual(here.createWeights());
    }
  });

  it('keeps this thread free while it works', async () => {
    const large = createTinyModel({
      inputs: { x: ['batch', 400] },
      nodes: [['MatMul', ['x', 'w'], ['y']]],
      tensors: { w: createPattern(400, 4000) },
    });
    await using step = await openTrainThread(large, { ...OPTIONS, threads: 1 });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const batch = { inputs: new Map([['x', createPattern(512, 400)]]), target: createPattern(512, 4000) };
    const before = ticks;
    await step.step({ ...batch, weights: step.createWeights() });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(before);
  });

  it('a step that fails loses no weights', async () => {
    await using step = await openTrainThread(MODEL, OPTIONS);
    const weights = step.createWeights();
    await expect(step.step({ ...BATCH, inputs: new Map(), weights })).rejects.toThrow(SessionError);
    expect(weights).toEqual(step.createWeights());
    await step.step({ ...BATCH, weights });
  });

  it('says in its own words why a model is refused', async () => {
    const model = createTinyModel({
      nodes: [
        ['MatMul', ['x', 'w'], ['h']],
        ['Acosh', ['h'], ['y']],
      ],
      tensors: { w: createPattern(3, 4) },
    });
    await expect(openTrainThread(model, OPTIONS)).rejects.toThrow(OperatorError);
  });
});

it('a released session gives its memory back', async () => {
  const wide = 100_000;
  const model = createTinyModel({
    inputs: { x: ['batch', wide] },
    nodes: [
      ['Mul', ['x', 'w'], ['h']],
      ['Tanh', ['h'], ['y']],
    ],
    tensors: { w: createZeros('float32', [wide]) },
  });
  const batch = {
    inputs: new Map([['x', createZeros('float32', [25, wide])]]),
    target: createZeros('float32', [25, wide]),
  };
  // Held, so that it is release() that frees them and not the garbage collector.
  const held: TrainStep[] = [];
  const cycle = async () => {
    const step = await openTrainStep(model, { ...OPTIONS, threads: 1 });
    held.push(step);
    await step.step({ ...batch, weights: step.createWeights() });
    await step.release();
  };
  for (let warm = 0; warm < 3; warm++) await cycle();
  const before = process.memoryUsage().rss;
  for (let round = 0; round < 12; round++) await cycle();
  // Each holds some 50 MB in its arena: twelve that were kept would be 600. The rest is the garbage collector's pace.
  expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
  expect(held.length).toBe(15);
});
