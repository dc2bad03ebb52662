import { describe, expect, it } from 'vitest';
import { createForwardThread, openForwardThread } from '../../src/onnx/forward-thread.ts';
import { createZeros } from '../../src/onnx/model/tensor.ts';
import { openForward } from '../../src/onnx/open-forward.ts';
import { openTrainStep, type TrainStep } from '../../src/onnx/train-step.ts';
import { openTrainThread } from '../../src/onnx/train-thread.ts';
import { ModelError, OperatorError, SessionError } from '../../src/utils/errors.ts';
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

  it('computes the same after its session was recycled, and nothing once it is released', async () => {
    const step = await openTrainThread(MODEL, OPTIONS);
    const weights = step.createWeights();
    const before = await step.step({ ...BATCH, weights });
    await step.recycle();
    expect(await step.step({ ...BATCH, weights })).toEqual(before);
    await step.release();
    await expect(step.recycle()).rejects.toThrow(SessionError);
    await expect(step.step({ ...BATCH, weights })).rejects.toThrow(SessionError);
    expect(weights.get('w')).toHaveLength(12);
    const here = await openTrainStep(MODEL, OPTIONS);
    await here.release();
    await expect(here.recycle()).rejects.toThrow(SessionError);
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

describe('a model in a thread of its own', () => {
  it('gives the same bits as on this thread, by the weights given', async () => {
    const weights = new Map([['w', createPattern(3, 4).data as Float32Array]]);
    await using here = await openForward(MODEL, { weights });
    await using there = await openForwardThread(MODEL, { weights });
    expect(there.outputNames).toEqual(here.outputNames);
    expect(await there.run(BATCH.inputs, ['y'])).toEqual(await here.run(BATCH.inputs, ['y']));
    await expect(there.run(new Map())).rejects.toThrow(SessionError);
  });

  it('runs one model after another in one thread', async () => {
    await using thread = createForwardThread();
    await using here = await openForward(MODEL);
    const expected = await here.run(BATCH.inputs);
    for (let round = 0; round < 2; round++) {
      await using forward = await thread.open(MODEL);
      expect(await forward.run(BATCH.inputs)).toEqual(expected);
      await forward.release();
      await expect(forward.run(BATCH.inputs)).rejects.toThrow(SessionError);
    }
    await expect(thread.open(new Uint8Array(3))).rejects.toThrow(ModelError);
    await using after = await thread.open(MODEL);
    expect(await after.run(BATCH.inputs)).toEqual(expected);
  });

  it('one of several in a thread is itself until it is released, and no other is released with it', async () => {
    const other = createTinyModel({ nodes: [['Neg', ['x'], ['y']]] });
    await using thread = createForwardThread();
    const [first, second] = [await thread.open(MODEL), await thread.open(other)];
    const [one, two] = [await first.run(BATCH.inputs), await second.run(BATCH.inputs)];
    expect([one.get('y')?.dims, two.get('y')?.dims]).toEqual([
      [5, 4],
      [5, 3],
    ]);
    expect(await first.run(BATCH.inputs)).toEqual(one);
    await first.release();
    await first.release();
    await expect(first.run(BATCH.inputs)).rejects.toThrow(SessionError);
    expect(await second.run(BATCH.inputs)).toEqual(two);
    await thread.close();
    await expect(second.run(BATCH.inputs)).rejects.toThrow(SessionError);
    // Too late: the thread is gone, and the model with it.
    await second.release();
    const alone = await openForwardThread(MODEL);
    await alone.release();
    await expect(alone.run(BATCH.inputs)).rejects.toThrow(SessionError);
  });

  it('keeps this thread free while it runs', async () => {
    const large = createTinyModel({
      inputs: { x: ['batch', 400] },
      nodes: [['MatMul', ['x', 'w'], ['y']]],
      tensors: { w: createPattern(400, 4000) },
    });
    await using forward = await openForwardThread(large, { threads: 1 });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await forward.run(new Map([['x', createPattern(512, 400)]]));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
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
