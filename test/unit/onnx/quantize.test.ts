import { describe, expect, it } from 'vitest';
import { foldBatchNorm } from '../../../src/onnx/fold-batch-norm.ts';
import type { Graph } from '../../../src/onnx/graph.ts';
import { joinChunks } from '../../../src/onnx/model/encode-message.ts';
import type { Tensor } from '../../../src/onnx/model/tensor.ts';
import { decodeModel, encodeModel } from '../../../src/onnx/model.ts';
import { normalizeGraph } from '../../../src/onnx/normalize.ts';
import { openForward } from '../../../src/onnx/open-forward.ts';
import { roundEven, roundWeights } from '../../../src/onnx/quantize/kernels/round-weights.ts';
import { planQuantization } from '../../../src/onnx/quantize/plan-quantization.ts';
import { quantizeBias, quantizeWeights } from '../../../src/onnx/quantize/quantize-weights.ts';
import { chooseScale, cutRange } from '../../../src/onnx/quantize/value-scale.ts';
import { quantizeModel } from '../../../src/onnx/quantize.ts';
import { readGraph } from '../../../src/onnx/read-graph.ts';
import { ModelError } from '../../../src/utils/errors.ts';
import { relativeDifference } from '../../support/onnx-goldens.ts';
import { createPredictCnn } from '../../support/predict-cnn.ts';
import { createPattern, createTinyModel, type TinyModel } from '../../support/tiny-models.ts';

const open = (model: TinyModel): Graph => normalizeGraph(readGraph(decodeModel(createTinyModel(model)))).graph;
const PICTURE = { images: ['batch', 3, 8, 8] };
const NORM = ['scale', 'bias', 'mean', 'variance'];
const VECTORS = Object.fromEntries(
  NORM.map((name) => [name, { ...createPattern(4), data: Float32Array.of(1, 2, 3, 4) }]),
);

describe('batch normalisation', () => {
  it('goes into the convolution before it, with a bias or without', () => {
    const { nodes, constants } = foldBatchNorm(normalizeGraph(readGraph(decodeModel(createPredictCnn()))).graph);
    expect(nodes.map(({ op }) => op)).not.toContain('BatchNormalization');
    expect(nodes.filter(({ op }) => op === 'Conv').map(({ inputs }) => inputs.length)).toEqual([3, 3, 3, 3]);
    expect(constants.get('a.norm/weight')?.dims).toEqual([8, 3, 3, 3]);
  });

  it.each([
    ['something else reads the convolution', ['Conv', ['images', 'w'], ['c']], ['y', 'c']],
    [
      'there is no convolution',
      ['MaxPool', ['images'], ['c'], { kernel_shape: { kind: 'ints', value: [2, 2] } }],
      ['y'],
    ],
    ['its weights are computed', ['Conv', ['images', 'computed'], ['c']], ['y']],
  ] as const)('stays where %s', (_name, before, outputs) => {
    const graph = open({
      inputs: PICTURE,
      outputs: [...outputs],
      nodes: [['Neg', ['w'], ['computed']], before, ['BatchNormalization', ['c', ...NORM], ['y']]],
      tensors: { ...VECTORS, w: createPattern(4, 3, 3, 3) },
    });
    expect(foldBatchNorm(graph).nodes.map(({ op }) => op)).toContain('BatchNormalization');
  });
});

describe('what is rounded', () => {
  const plan = (nodes: TinyModel['nodes'], tensors: Record<string, Tensor>, outputs = ['y']) =>
    planQuantization(open({ inputs: PICTURE, nodes, tensors, outputs }));
  const w = createPattern(4, 3, 3, 3);
  const v = createPattern(4, 4, 1, 1);

  it('behind a Relu, once, and pools have the scale of what they take', () => {
    const { values, same } = plan(
      [
        ['Conv', ['images', 'w'], ['c']],
        ['Relu', ['c'], ['r']],
        ['MaxPool', ['r'], ['p'], { kernel_shape: { kind: 'ints', value: [2, 2] } }],
        ['Conv', ['p', 'v'], ['d']],
        ['GlobalAveragePool', ['d'], ['y']],
      ],
      { w, v },
    );
    expect(values).toEqual(['images', 'r', 'p', 'd']);
    expect([...same]).toEqual([['p', 'r']]);
  });

  it('a sum of two rounded values, but not of one that is none', () => {
    const nodes = (other: string): TinyModel['nodes'] => [
      ['Conv', ['images', 'w'], ['c']],
      ['Exp', ['c'], ['e']],
      ['Add', ['c', other], ['s']],
      ['Conv', ['c', 'v'], ['d']],
      ['Sub', ['s', 'd'], ['t']],
      ['Neg', ['e'], ['u']],
      ['Concat', ['t', 'u'], ['y'], { axis: { kind: 'int', value: 1 } }],
    ];
    expect(plan(nodes('c'), { w, v }).values).toContain('s');
    expect(plan(nodes('e'), { w, v }).values).not.toContain('s');
  });

  it('products of stored weights, not of two values; the last one gives full numbers', () => {
    const flat = createPattern(192, 5);
    const { nodes, values } = plan(
      [
        ['Flatten', ['images'], ['f']],
        ['MatMul', ['f', 'w'], ['a']],
        ['Transpose', ['a'], ['t'], { perm: { kind: 'ints', value: [1, 0] } }],
        ['MatMul', ['t', 'a'], ['y']],
      ],
      { w: flat },
    );
    expect(nodes.map(({ node, axis }) => [node.outputs[0], axis])).toEqual([['a', 1]]);
    expect(values).toEqual(['f']);
  });
});

describe('numbers', () => {
  it('halves go to the even one, as ONNX rounds', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, -2.51].map(roundEven)).toEqual(
      [0, 2, 2, 0, -2, 2, -3].map((n) => n + 0),
    );
    const levels = roundWeights(Float32Array.of(1, 2, 300, -300), Float32Array.of(1, 2), {
      outer: 1,
      inner: 2,
      limit: 127,
    });
    expect([...levels]).toEqual([1, 2, 127, -127]);
  });

  it.each([0, 1])('weights come back within half a level of their channel, channels on axis %i', (axis) => {
    const weight = createPattern(6, 10);
    const { levels, scales } = quantizeWeights(weight, axis, { limit: 127, bias: undefined, inputScale: 1 });
    for (const [at, value] of (weight.data as Float32Array).entries()) {
      const scale = scales[axis === 0 ? Math.floor(at / 10) : at % 10]!;
      expect(Math.abs(Number(levels.data[at]) * scale - value)).toBeLessThanOrEqual(scale * 0.5001);
    }
    expect(Math.max(...Array.from(levels.data, Number).map(Math.abs))).toBe(127);
  });

  it('a bias too large for the scale of its weights makes that coarser', () => {
    const weight: Tensor = { type: 'float32', dims: [2, 2], data: Float32Array.of(1e-9, 0, 0, 0) };
    const bias: Tensor = { type: 'float32', dims: [2], data: Float32Array.of(5, 1) };
    const weights = quantizeWeights(weight, 0, { limit: 127, bias, inputScale: 1e-3 });
    const { levels, scales } = quantizeBias(bias, weights, 1e-3);
    for (const [at, value] of [5, 1].entries()) {
      expect(Math.abs(Number(levels.data[at]))).toBeLessThanOrEqual(2 ** 30 + 100);
      expect(Number(levels.data[at]) * scales[at]!).toBeCloseTo(value, 6);
    }
  });

  it('ranges: 0 is a level of its own, and what is always 0 has a scale too', () => {
    expect(chooseScale({ min: 0, max: 255 })).toEqual({ scale: 1, zero: 0 });
    expect(chooseScale({ min: 10, max: 510 })).toEqual({ scale: 2, zero: 0 });
    expect(chooseScale({ min: -127.5, max: 127.5 })).toEqual({ scale: 1, zero: 128 });
    expect(chooseScale({ min: -255, max: -1 })).toEqual({ scale: 1, zero: 255 });
    expect(chooseScale({ min: 0, max: 0 })).toEqual({ scale: 1, zero: 0 });
  });

  it('a percentile cuts half of what it leaves out off each end', () => {
    const bins = new Float64Array(100).fill(10);
    expect(cutRange(bins, { min: 0, max: 100 }, 91)).toEqual({ min: 4, max: 96 });
    expect(cutRange(bins, { min: 0, max: 100 }, 100)).toEqual({ min: 0, max: 100 });
  });
});

/** Quantised with what one run of patterns gives; both models' outputs, and how far they are apart at most. */
async function quantize(model: TinyModel) {
  const inputs = new Map([['images', createPattern(2, 3, 8, 8)]]);
  const original = decodeModel(createTinyModel({ inputs: PICTURE, ...model }));
  const runs = async function* () {
    yield inputs;
  };
  const options = { method: 'min-max', percent: 100, narrowWeights: false, excluded: [] } as const;
  const { message, quantized, candidates } = await quantizeModel(original, runs, options);
  await using before = await openForward(original);
  await using after = await openForward(joinChunks(encodeModel(message)));
  const [wanted, found] = [(await before.run(inputs)).get('y')!, (await after.run(inputs)).get('y')!];
  const products = message.graph?.node?.filter(
    ({ opType, input }) => opType === 'Conv' && /rounded/.test(input?.[1] ?? ''),
  );
  return { quantized, candidates, products: products?.length, apart: relativeDifference(found.data, wanted.data) };
}

describe('a quantised model', () => {
  const kernels = { w: createPattern(4, 3, 3, 3), v: createPattern(4, 4, 3, 3) };

  it('leaves names alone that its own would be', async () => {
    const scale = { ...createPattern(4, 1, 1), data: Float32Array.of(1, 2, 3, 4) };
    const { apart } = await quantize({
      nodes: [
        ['Conv', ['images', 'w'], ['norm/levels']],
        ['Mul', ['norm/levels', 'norm/scale'], ['norm']],
        ['Conv', ['norm', 'v'], ['norm/rounded']],
        ['Add', ['norm/rounded', 'norm/zero'], ['y']],
      ],
      tensors: { ...kernels, 'norm/scale': scale, 'norm/zero': scale },
    });
    expect(apart).toBeLessThan(0.05);
  });

  it('says how many products were written with eight bits: not one of a value that is an output too', async () => {
    const nodes: TinyModel['nodes'] = [
      ['Conv', ['images', 'w'], ['c']],
      ['Relu', ['c'], ['r']],
      ['Conv', ['r', 'v'], ['y']],
    ];
    const tensors = kernels;
    expect(await quantize({ nodes, tensors })).toMatchObject({ quantized: 2, candidates: 2, products: 2 });
    const two = await quantize({ nodes, tensors, outputs: ['y', 'r'] });
    expect(two).toMatchObject({ quantized: 1, candidates: 2, products: 1 });
  });

  it('is refused where nothing was calibrated', async () => {
    const model = decodeModel(
      createTinyModel({ inputs: PICTURE, nodes: [['Conv', ['images', 'w'], ['y']]], tensors: kernels }),
    );
    const options = { method: 'min-max', percent: 100, narrowWeights: false, excluded: [] } as const;
    await expect(quantizeModel(model, async function* () {}, options)).rejects.toThrow(ModelError);
  });
});
