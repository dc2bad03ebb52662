import { describe, expect, it } from 'vitest';
import { float, int, ints } from '../../../src/onnx/attributes.ts';
import type { GraphNode } from '../../../src/onnx/graph.ts';
import { joinChunks } from '../../../src/onnx/model/encode-message.ts';
import type { Tensor } from '../../../src/onnx/model/tensor.ts';
import { encodeModel } from '../../../src/onnx/model.ts';
import { orderNodes } from '../../../src/onnx/order-nodes.ts';
import { prepareModel } from '../../../src/onnx/prepare-model.ts';
import { openSession } from '../../../src/onnx/runtime/open-session.ts';
import type { Device } from '../../../src/onnx/session.ts';
import type { TrainGraph } from '../../../src/onnx/train-assembly.ts';
import { createTrainGraph } from '../../../src/onnx/train-graph.ts';
import { writeGraph } from '../../../src/onnx/write-graph.ts';
import { OperatorError } from '../../../src/utils/errors.ts';
import { relativeDifference } from '../../support/onnx-goldens.ts';
import { createPattern, createTinyModel } from '../../support/tiny-models.ts';

type Node = Parameters<typeof createTinyModel>[0]['nodes'][number];

const [TOKENS, WIDTH] = [6, 4];
const number = (value: number): Tensor => ({ type: 'float32', dims: [], data: Float32Array.of(value) });
const list = (...values: number[]): Tensor => ({
  type: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** A linear layer as exporters write it. */
const linear = (from: string, name: string, to: string): Node[] => [
  ['Transpose', [name], [`${name}.t`], { perm: ints([1, 0]) }],
  ['MatMul', [from, `${name}.t`], [`${to}.product`]],
  ['Add', [`${name}.bias`, `${to}.product`], [to]],
];
/** Gelu as exporters write it. */
const gelu = (from: string, to: string): Node[] => [
  ['Constant', [], ['root'], { value: { kind: 'tensor', value: number(Math.SQRT2) } }],
  ['Constant', [], ['one'], { value: { kind: 'tensor', value: number(1) } }],
  ['Constant', [], ['half'], { value: { kind: 'tensor', value: number(0.5) } }],
  ['Div', [from, 'root'], [`${to}.scaled`]],
  ['Erf', [`${to}.scaled`], [`${to}.erf`]],
  ['Add', [`${to}.erf`, 'one'], [`${to}.sum`]],
  ['Mul', [from, `${to}.sum`], [`${to}.double`]],
  ['Mul', [`${to}.double`, 'half'], [to]],
];

/** One block of a transformer whose first token is classified; `pick` takes it out of `n` as `token`. */
function createBlock(pick: readonly Node[]): Uint8Array {
  return createTinyModel({
    inputs: { x: ['batch', TOKENS, WIDTH] },
    nodes: [
      ...linear('x', 'q', 'query'),
      // Without a bias, which softmax would take away again: its gradient is rounding alone.
      ...linear('x', 'k', 'key').slice(0, 2),
      ['Transpose', ['key.product'], ['turned'], { perm: ints([0, 2, 1]) }],
      ['MatMul', ['query', 'turned'], ['scores']],
      ['Constant', [], ['scale'], { value: { kind: 'tensor', value: number(0.5) } }],
      ['Mul', ['scores', 'scale'], ['scaled']],
      ['Softmax', ['scaled'], ['attention'], { axis: int(-1) }],
      ['MatMul', ['attention', 'x'], ['mixed']],
      ['Add', ['x', 'mixed'], ['h']],
      ['LayerNormalization', ['h', 'n.scale', 'n.bias'], ['normal'], { axis: int(-1), epsilon: float(1e-5) }],
      ...linear('normal', 'up', 'wide'),
      ...gelu('wide', 'bent'),
      ...linear('bent', 'down', 'narrow'),
      ['Add', ['h', 'narrow'], ['n']],
      ...pick,
      ['Gemm', ['token', 'head', 'head.bias'], ['y'], { transB: int(1) }],
    ],
    tensors: {
      ...{ q: createPattern(WIDTH, WIDTH), 'q.bias': createPattern(WIDTH) },
      k: createPattern(WIDTH, WIDTH),
      ...{ 'n.scale': createPattern(WIDTH), 'n.bias': createPattern(WIDTH) },
      ...{ up: createPattern(8, WIDTH), 'up.bias': createPattern(8) },
      ...{ down: createPattern(WIDTH, 8), 'down.bias': createPattern(WIDTH) },
      ...{ head: createPattern(2, WIDTH), 'head.bias': createPattern(2) },
    },
  });
}

const FIRST: Tensor = { type: 'int64', dims: [], data: BigInt64Array.of(0n) };
const GATHERED: Node[] = [
  ['Constant', [], ['first'], { value: { kind: 'tensor', value: FIRST } }],
  ['Gather', ['n', 'first'], ['token'], { axis: int(1) }],
];
/** The same, but nothing is taken away from what comes before. */
const SLICED: Node[] = [
  ['Constant', [], ['start'], { value: { kind: 'tensor', value: list(0) } }],
  ['Constant', [], ['end'], { value: { kind: 'tensor', value: list(1) } }],
  ['Constant', [], ['axis'], { value: { kind: 'tensor', value: list(1) } }],
  ['Slice', ['n', 'start', 'end', 'axis'], ['part']],
  ['Squeeze', ['part', 'axis'], ['token']],
];

async function build(model: Uint8Array, device: Device): Promise<{ built: TrainGraph; weights: Map<string, Tensor> }> {
  const { graph, facts, parameters } = await prepareModel(model);
  const trainable = new Set(parameters.map(({ name }) => name));
  const built = createTrainGraph(graph, facts, { loss: { kind: 'cross-entropy' }, device, parameters, trainable });
  return { built, weights: new Map([...graph.initializers].filter(([name]) => trainable.has(name))) };
}

/** Loss and gradients of a block in the form for a device, computed on the processor. */
async function compute(model: Uint8Array, device: Device): Promise<Map<string, Tensor>> {
  const { built, weights } = await build(model, device);
  await using session = await openSession(joinChunks(encodeModel(writeGraph(built.graph))), {
    optimization: 'disabled',
  });
  const target: Tensor = { type: 'float32', dims: [3, 2], data: Float32Array.of(1, 0, 0, 1, 1, 0) };
  const results = await session.run(
    new Map([...weights, ['x', createPattern(3, TOKENS, WIDTH)], [built.target.name, target]]),
  );
  const named = [...built.gradients].map(([name, value]) => [name, results.get(value)!] as const);
  return new Map([...named, ['loss', results.get(built.loss)!]]);
}

const count = ({ graph }: TrainGraph, op: string) => graph.nodes.filter((node) => node.op === op).length;

describe('the graph of a train step', () => {
  it('of the processor has products without transposes, Gelu in one piece, and the same gradients', async () => {
    const model = createBlock(GATHERED);
    const { built } = await build(model, 'cpu');
    expect(count(built, 'Gelu')).toBe(1);
    expect(count(built, 'Transpose')).toBe(0);
    expect(count(built, 'FusedMatMul')).toBeGreaterThan(0);
    const plain = await build(model, 'webgpu');
    expect(count(plain.built, 'FusedMatMul') + count(plain.built, 'Gelu')).toBe(0);
    expect(count(plain.built, 'Transpose')).toBeGreaterThan(8);
    const [ours, theirs] = [await compute(model, 'cpu'), await compute(model, 'webgpu')];
    expect([...ours.keys()]).toEqual([...theirs.keys()]);
    // Sums in another order, and one pass in place of several: single precision.
    for (const [name, { data }] of theirs)
      expect(relativeDifference(ours.get(name)!.data, data), name).toBeLessThan(2e-6);
  });

  it.each(['cpu', 'webgpu'] as const)('computes only what is read of the last block, on %s', async (device) => {
    const [narrowed, whole] = [createBlock(GATHERED), createBlock(SLICED)];
    const [ours, theirs] = [await compute(narrowed, device), await compute(whole, device)];
    for (const [name, { data }] of theirs)
      expect(relativeDifference(ours.get(name)!.data, data), name).toBeLessThan(2e-6);
    // The row is taken from the input, once for the query and the sum: no gradient of a result is filled up with zeros.
    const [{ built: few }, { built: all }] = [await build(narrowed, device), await build(whole, device)];
    expect([count(few, 'Gather'), count(few, 'Slice'), count(few, 'Pad')]).toEqual([0, 1, 0]);
    expect([count(all, 'Slice'), count(all, 'Pad')]).toEqual([1, 1]);
  });

  const spread = ['ReduceMean', ['h'], ['y'], { axes: ints([1]), keepdims: int(0) }] as const satisfies Node;
  const constant = (name: string, value: Tensor): Node => [
    'Constant',
    [],
    [name],
    { value: { kind: 'tensor', value } },
  ];
  const UNUSUAL: Readonly<Record<string, readonly [Node[], Record<string, Tensor>]>> = {
    'a reshape that splits rows into the batch': [
      [
        ['MatMul', ['x', 'w'], ['m']],
        constant('shape', list(-1, TOKENS, 2)),
        ['Reshape', ['m', 'shape'], ['r']],
        constant('place', { ...FIRST, data: BigInt64Array.of(2n) }),
        ['Gather', ['r', 'place'], ['g'], { axis: int(1) }],
        constant('pairs', list(-1, 4)),
        ['Reshape', ['g', 'pairs'], ['p']],
        ['MatMul', ['p', 'v'], ['y']],
      ],
      { w: createPattern(WIDTH, WIDTH), v: createPattern(4, 2) },
    ],
    'a wide product of a transposed left operand of three axes': [
      [
        ['Transpose', ['x'], ['t'], { perm: ints([0, 2, 1]) }],
        ['MatMul', ['t', 'w'], ['m']],
        ['ReduceMean', ['m'], ['h'], { axes: ints([2]), keepdims: int(0) }],
        ['MatMul', ['h', 'v'], ['y']],
      ],
      { w: createPattern(TOKENS, 256), v: createPattern(WIDTH, 2) },
    ],
    'a bias that is made after the product': [
      [
        constant('two', number(2)),
        ['MatMul', ['x', 'w'], ['m']],
        ['Mul', ['b', 'two'], ['double']],
        ['Add', ['m', 'double'], ['h']],
        spread,
      ],
      { w: createPattern(WIDTH, 2), b: createPattern(2) },
    ],
    'a bias that is wider than the product': [
      [['MatMul', ['x', 'w'], ['m']], ['Add', ['m', 'b'], ['h']], spread],
      { w: createPattern(WIDTH, 1), b: createPattern(2) },
    ],
  };
  it.each(Object.entries(UNUSUAL))('is right with %s', async (_what, [nodes, tensors]) => {
    const model = createTinyModel({ inputs: { x: ['batch', TOKENS, WIDTH] }, nodes, tensors });
    const ours = await compute(model, 'cpu');
    // The loss of the forward pass as it is.
    await using session = await openSession(model, { optimization: 'disabled' });
    const y = (await session.run(new Map([['x', createPattern(3, TOKENS, WIDTH)]]))).get('y')!;
    expect(y.dims).toEqual([3, 2]);
    const rows = [0, 1, 0].map((wanted, row) => {
      const pair = [Number(y.data[row * 2]), Number(y.data[row * 2 + 1])];
      return Math.log(Math.exp(pair[0]!) + Math.exp(pair[1]!)) - pair[wanted]!;
    });
    expect(Number(ours.get('loss')!.data[0])).toBeCloseTo(rows.reduce((sum, one) => sum + one, 0) / 3, 5);
    const theirs = await compute(model, 'webgpu');
    for (const [name, { data }] of theirs)
      expect(relativeDifference(ours.get(name)!.data, data), name).toBeLessThan(1e-5);
  });

  it('refuses gradients that come by a second output as well', async () => {
    const model = createTinyModel({
      inputs: { x: ['batch', WIDTH] },
      nodes: [
        ['MatMul', ['x', 'w'], ['h']],
        ['LayerNormalization', ['h', 's'], ['n', 'mean']],
        ['Add', ['n', 'mean'], ['y']],
      ],
      tensors: { w: createPattern(WIDTH, 2), s: createPattern(2) },
    });
    await expect(build(model, 'cpu')).rejects.toThrow(OperatorError);
  });

  it('puts its ends last, the first one at the very end', () => {
    const node = (inputs: string[], outputs: string[]): GraphNode => ({
      ...{ op: 'Add', domain: '', name: '', attributes: {} },
      ...{ inputs, outputs },
    });
    const [a, b, c, d] = [node(['x'], ['a']), node(['a'], ['b']), node(['a'], ['c']), node(['c'], ['d'])];
    expect(orderNodes([a, b, c, d])).toEqual([a, c, d, b]);
  });
});
