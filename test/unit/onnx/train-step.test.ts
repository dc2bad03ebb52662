import { describe, expect, it } from 'vitest';
import { int, ints, tensor, text } from '../../../src/onnx/attributes.ts';
import type { Tensor } from '../../../src/onnx/model/tensor.ts';
import { readParameters } from '../../../src/onnx/prepare-model.ts';
import { openTrainStep } from '../../../src/onnx/train-step.ts';
import { ModelError, OperatorError, OptionError, SessionError } from '../../../src/utils/errors.ts';
import { createPattern, createTinyModel, type TinyModel } from '../../support/tiny-models.ts';

const TWO_LAYERS = createTinyModel({
  nodes: [
    ['Gemm', ['x', 'w1', 'b1'], ['h']],
    ['Relu', ['h'], ['a']],
    ['Gemm', ['a', 'w2', 'b2'], ['y']],
  ],
  tensors: { w1: createPattern(3, 4), b1: createPattern(4), w2: createPattern(4, 2), b2: createPattern(2) },
});
const LOSS = { kind: 'cross-entropy' } as const;

function createBatch(rows: number): { inputs: Map<string, Tensor>; target: Tensor } {
  const target = createPattern(rows, 2);
  for (let row = 0; row < rows; row++) target.data.set([row % 2, 1 - (row % 2)] as never, row * 2);
  return { inputs: new Map([['x', createPattern(rows, 3)]]), target };
}

describe('a train step', () => {
  it('trains what is asked for, and goes no further back', async () => {
    await using step = await openTrainStep(TWO_LAYERS, { loss: LOSS, trained: ['w2', 'b2'] });
    expect(step.parameters).toEqual([
      { name: 'w1', dims: [3, 4], kind: 'weight', trainable: false },
      { name: 'b1', dims: [4], kind: 'weight', trainable: false },
      { name: 'w2', dims: [4, 2], kind: 'weight', trainable: true },
      { name: 'b2', dims: [2], kind: 'weight', trainable: true },
    ]);
    const weights = step.createWeights();
    expect([...weights.keys()]).toEqual(['w2', 'b2']);
    const part = await step.step({ ...createBatch(5), weights });
    await using all = await openTrainStep(TWO_LAYERS, { loss: LOSS });
    const whole = await all.step({ ...createBatch(5), weights: all.createWeights() });
    expect([...part.gradients.keys()]).toEqual(['w2', 'b2']);
    expect(part.loss).toBe(whole.loss);
    for (const [name, gradient] of part.gradients) expect(gradient).toEqual(whole.gradients.get(name));
  });

  it('goes downhill, for any size of batch', async () => {
    await using step = await openTrainStep(TWO_LAYERS, { loss: LOSS });
    const weights = step.createWeights();
    const losses: number[] = [];
    for (const rows of [1, 4, 16]) {
      const batch = createBatch(rows);
      const { loss, gradients } = await step.step({ ...batch, weights });
      for (const [name, gradient] of gradients) {
        const own = weights.get(name)!;
        for (let at = 0; at < own.length; at++) own[at] = own[at]! - 0.05 * gradient[at]!;
      }
      const after = await step.step({ ...batch, weights });
      expect(after.loss).toBeLessThan(loss);
      losses.push(loss);
    }
    expect(new Set(losses).size).toBe(3);
  });

  it('forgets the values of the file where that is asked for', async () => {
    await using step = await openTrainStep(TWO_LAYERS, { loss: LOSS });
    const kept = await step.step({ ...createBatch(2), weights: new Map() });
    const weights = step.createWeights({ forget: true });
    const { loss, gradients } = await step.step({ ...createBatch(2), weights });
    expect([loss, gradients]).toEqual([kept.loss, kept.gradients]);
    expect(() => step.createWeights()).toThrow(OptionError);
    weights.delete('w1');
    await expect(step.step({ ...createBatch(2), weights })).rejects.toThrow(/12 numbers of "w1"/);
  });

  it('refuses inputs and weights that do not fit', async () => {
    await using step = await openTrainStep(TWO_LAYERS, { loss: LOSS });
    const { inputs, target } = createBatch(2);
    const weights = step.createWeights();
    for (const rows of [1, 3]) {
      const refusal = step.step({ inputs, target: createPattern(rows, 2), weights });
      await expect(refusal).rejects.toThrow(OptionError);
      await expect(refusal).rejects.toThrow(new RegExp(`2 rows.*${rows}`));
    }
    await expect(step.step({ inputs: new Map(), target, weights })).rejects.toThrow(SessionError);
    weights.set('w1', new Float32Array(11));
    await expect(step.step({ inputs, target, weights })).rejects.toThrow(OptionError);
    await step.release();
    await expect(step.step({ inputs, target, weights: new Map() })).rejects.toThrow(/released/);
  });

  it('lists parameters without running the model', async () => {
    const names = (await readParameters(TWO_LAYERS)).map(({ name }) => name);
    expect(names).toEqual(['w1', 'b1', 'w2', 'b2']);
  });

  it('says with which options it can do nothing', async () => {
    await expect(openTrainStep(TWO_LAYERS, { loss: LOSS, trained: ['w3'] })).rejects.toThrow(/names of weights/);
    await expect(openTrainStep(TWO_LAYERS, { loss: LOSS, trained: [] })).rejects.toThrow(OptionError);
    await expect(openTrainStep(TWO_LAYERS, { loss: LOSS, output: 'z' })).rejects.toThrow(/model's outputs \(y\)/);
    await expect(openTrainStep(TWO_LAYERS, { loss: LOSS, sizes: { height: 3 } })).rejects.toThrow(ModelError);
  });

  it('leaves out weights that the loss does not depend on, and says so', async () => {
    const model = createTinyModel({
      nodes: [
        ['MatMul', ['x', 'w'], ['y']],
        ['MatMul', ['x', 'v'], ['z']],
      ],
      outputs: ['y', 'z'],
      tensors: { w: createPattern(3, 2), v: createPattern(3, 2) },
    });
    const warnings: string[] = [];
    const say = (message: string) => void warnings.push(message);
    const logger = { debug: () => {}, info: say, notice: say, warn: say, error: say };
    await using step = await openTrainStep(model, { loss: LOSS, logger });
    expect([...step.createWeights().keys()]).toEqual(['w']);
    expect(warnings).toEqual(['model: the loss does not depend on 1 weights (v)']);
    const { outputs } = await step.step({ ...createBatch(2), weights: step.createWeights() });
    expect([...outputs.keys()]).toEqual(['y', 'z']);
  });

  it('on a device that is not there is an error, and with auto another device is taken, with the reason', async () => {
    const notices: string[] = [];
    const say = (message: string) => void notices.push(message);
    const logger = { debug: () => {}, info: say, notice: say, warn: say, error: say };
    await using step = await openTrainStep(TWO_LAYERS, { loss: LOSS, device: 'auto', logger });
    const skipped = ['cuda', 'webgpu', 'cpu'].slice(0, ['cuda', 'webgpu', 'cpu'].indexOf(step.device));
    for (const device of skipped) expect(notices.join('\n')).toMatch(new RegExp(`${device} is not used: `));
    for (const device of skipped)
      await expect(openTrainStep(TWO_LAYERS, { loss: LOSS, device: device as 'cuda' })).rejects.toThrow(SessionError);
  });
});

describe('a model that can not be trained is refused by name', () => {
  const weights = { w: createPattern(3, 4) };

  it('an operator without a gradient', async () => {
    const model = createTinyModel({
      nodes: [
        ['MatMul', ['x', 'w'], ['h']],
        ['Acosh', ['h'], ['y']],
      ],
      tensors: weights,
    });
    const opening = openTrainStep(model, { loss: { kind: 'mean-squared-error' } });
    await expect(opening).rejects.toThrow(OperatorError);
    await expect(opening).rejects.toMatchObject({ operator: 'Acosh', node: 'Acosh of y', tag: 'operator' });
    await expect(opening).rejects.toHaveProperty('hint', expect.stringContaining('freeze'));
  });

  it('but not where nothing before it is trained', async () => {
    const model = createTinyModel({
      nodes: [
        ['Acosh', ['x'], ['h']],
        ['MatMul', ['h', 'w'], ['y']],
      ],
      tensors: weights,
    });
    await using step = await openTrainStep(model, { loss: { kind: 'mean-squared-error' } });
    expect([...step.createWeights().keys()]).toEqual(['w']);
  });

  it('a gradient that would go by an input without one', async () => {
    const model = createTinyModel({
      nodes: [['Pow', ['x', 'w'], ['y']]],
      tensors: { w: createPattern(3) },
    });
    await expect(openTrainStep(model, { loss: { kind: 'mean-squared-error' } })).rejects.toThrow(/Pow.*exponent/);
  });

  it.each([
    [
      'an old opset',
      createTinyModel({ nodes: [['MatMul', ['x', 'w'], ['y']]], tensors: weights, opset: 11 }),
      /opset 11/,
    ],
    ['a value from nowhere', createTinyModel({ nodes: [['MatMul', ['x', 'v'], ['y']]] }), /reads "v"/],
    ['no weights', createTinyModel({ nodes: [['Relu', ['x'], ['y']]] }), /no weights/],
    [
      'an output that no weight reaches',
      createTinyModel({
        nodes: [
          ['MatMul', ['x', 'w'], ['h']],
          ['Sign', ['h'], ['y']],
        ],
        tensors: weights,
      }),
      /does not depend on any weight/,
    ],
    [
      'nodes in the wrong order',
      createTinyModel({
        nodes: [
          ['Relu', ['h'], ['y']],
          ['MatMul', ['x', 'w'], ['h']],
        ],
        tensors: weights,
      }),
      /reads "h"/,
    ],
    [
      'what onnxruntime refuses',
      createTinyModel({ nodes: [['NoSuchOp', ['x', 'w'], ['y']]], tensors: weights }),
      /NoSuchOp/,
    ],
  ])('%s', async (_what, model, message) => {
    const opening = openTrainStep(model, { loss: { kind: 'mean-squared-error' } });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toThrow(ModelError);
  });
});

describe('forms of operators without a gradient', () => {
  const pool = { kernel_shape: ints([2, 2]), strides: ints([2, 2]), storage_order: int(1) };
  const open = (nodes: TinyModel['nodes'], others: Partial<TinyModel> = {}) =>
    openTrainStep(
      createTinyModel({ inputs: { x: ['n', 2, 4, 6] }, tensors: { w: createPattern(2, 1, 1) }, nodes, ...others }),
      { loss: { kind: 'mean-squared-error' } },
    );

  it('places of maxima by columns, where the model reads them', async () => {
    const nodes = [
      ['Mul', ['x', 'w'], ['h']],
      ['MaxPool', ['h'], ['y', 'places'], pool],
    ] as const;
    await expect(open(nodes, { outputs: ['y', 'places'] })).rejects.toThrow(/MaxPool.*storage_order/);
  });

  it('pictures resized with their aspect ratio kept', async () => {
    const sizes: Tensor = { type: 'int64', dims: [2], data: BigInt64Array.of(8n, 6n) };
    const nodes = [
      ['Mul', ['x', 'w'], ['h']],
      ['Constant', [], ['sizes'], { value: tensor(sizes) }],
      ['Resize', ['h', '', '', 'sizes'], ['y'], { axes: ints([2, 3]), keep_aspect_ratio_policy: text('not_larger') }],
    ] as const;
    await expect(open(nodes, { opset: 18 })).rejects.toThrow(/Resize.*not_larger/);
  });
});

it('batch normalisation of one value a channel keeps finite statistics', async () => {
  const one = createPattern(3);
  const model = createTinyModel({
    nodes: [
      ['BatchNormalization', ['x', 's', 'b', 'm', 'v'], ['h', 'm2', 'v2'], { training_mode: int(1) }],
      ['MatMul', ['h', 'w'], ['y']],
    ],
    tensors: { s: one, b: one, m: one, v: one, w: createPattern(3, 2) },
  });
  await using step = await openTrainStep(model, { loss: { kind: 'mean-squared-error' } });
  const { statistics } = await step.step({ ...createBatch(1), weights: step.createWeights() });
  // The batch's variance is 0: 0.9 of the old one remains.
  for (const [at, value] of statistics.get('v')!.entries()) expect(value).toBeCloseTo(0.9 * Number(one.data[at]), 6);
});

describe('dropout', () => {
  const model = createTinyModel({
    nodes: [
      ['MatMul', ['x', 'w'], ['h']],
      ['Dropout', ['h', 'ratio', 'training'], ['y', 'mask']],
    ],
    tensors: {
      w: createPattern(3, 50),
      ratio: { type: 'float32', dims: [], data: Float32Array.of(0.25) },
      training: { type: 'bool', dims: [], data: Uint8Array.of(1) },
    },
  });
  const run = async (seed?: number, rows = 8) => {
    await using step = await openTrainStep(model, { loss: { kind: 'mean-squared-error' } });
    const input = { inputs: new Map([['x', createPattern(rows, 3)]]), target: createPattern(rows, 50) };
    return await step.step({ ...input, weights: step.createWeights(), ...(seed === undefined ? {} : { seed }) });
  };

  it('drops its share and scales the rest, the same for the same seed', async () => {
    const [whole, first, again, other] = [await run(), await run(7), await run(7), await run(8)];
    const [y, dropped] = [whole.outputs.get('y')!.data, first.outputs.get('y')!.data];
    let zeros = 0;
    for (let at = 0; at < y.length; at++)
      if (dropped[at] === 0) zeros++;
      else expect(Number(dropped[at])).toBeCloseTo(Number(y[at]) / 0.75, 5);
    // 400 draws of 1 in 4: 100, with a deviation of 8.7.
    expect(zeros).toBeGreaterThan(60);
    expect(zeros).toBeLessThan(140);
    expect(again.gradients).toEqual(first.gradients);
    expect(other.gradients).not.toEqual(first.gradients);
    expect((await run(7, 3)).outputs.get('y')!.dims).toEqual([3, 50]);
  });
});
