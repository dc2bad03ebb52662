import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MilModelOptions } from '../../../src/inference/mil/model-options.ts';
import { openMilModel } from '../../../src/inference/mil/open-mil-model.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { TINY_DIM, writeTinyMil } from '../../support/tiny-bags.ts';
import { createPattern, createTinyModel, type TinyModel } from '../../support/tiny-models.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-mil-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (path: string, options: MilModelOptions = {}) => openMilModel(path, { ownThread: false, ...options });
const write = (name: string, bytes: Uint8Array) => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
function createBag(count: number, seed = 5): Float32Array {
  const random = createSeededRandom(seed);
  return Float32Array.from({ length: count * TINY_DIM }, () => random.uniform() * 2 - 1);
}

describe('a model with a card', () => {
  it('divides logits by the temperature, of the slide and of its patches', async () => {
    const path = join(folder, 'card.onnx');
    await writeTinyMil(path);
    await using model = await open(path);
    expect(model).toMatchObject({
      classes: ['normal', 'tumour'],
      temperature: 1.5,
      threshold: 0.5,
      featureDim: TINY_DIM,
    });
    const said = await model.predict(createBag(7), 7, TINY_DIM);
    const [a = 0, b = 0] = said.logits;
    // In double precision, rounded once: single precision holds it to 6e-8.
    expect(said.probabilities[1]).toBeCloseTo(1 / (1 + Math.exp((a - b) / 1.5)), 6);
    expect(said.attention?.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    expect(said.instanceProbabilities).toHaveLength(14);
  });

  it('says the same of a bag whatever came before it, with any number of threads', async () => {
    const path = join(folder, 'card.onnx');
    await writeTinyMil(path, { architecture: 'gated-abmil' });
    await using model = await open(path, { threads: 2 });
    await using other = await open(path, { threads: 1 });
    const alone = await model.predict(createBag(300), 300, TINY_DIM);
    await model.predict(createBag(17, 9), 17, TINY_DIM);
    const again = await model.consume(createBag(300), 300, TINY_DIM);
    expect(again).toEqual(alone);
    expect(await other.predict(createBag(300), 300, TINY_DIM)).toEqual(alone);
  });

  it('refuses features of another dimension, an empty bag and a card of another model', async () => {
    const path = join(folder, 'strict.onnx');
    await writeTinyMil(path);
    await using model = await open(path);
    await expect(model.predict(new Float32Array(8), 2, 4)).rejects.toThrow(
      'it takes 6 features a patch, and these have 4',
    );
    await expect(model.predict(new Float32Array(), 0, TINY_DIM)).rejects.toThrow(RangeError);
    await writeTinyMil(path, { card: { classes: ['a', 'b', 'c'] } });
    await expect(open(path)).rejects.toThrow('2 numbers for a slide, and its card names 3 classes');
    await expect(open(path, { classes: ['a', 'b', 'c'] })).rejects.toThrow('expected 2 names');
  });
});

it('takes models that let bags be padded, with a mask of ones', async () => {
  const pool: TinyModel['nodes'] = [
    ['ReduceMean', ['real'], ['pooled'], { axes: { kind: 'ints', value: [0] }, keepdims: { kind: 'int', value: 1 } }],
    ['MatMul', ['pooled', 'weight'], ['y']],
  ];
  const axes = { type: 'int64', dims: [1], data: BigInt64Array.of(1n) } as const;
  const tensors = { weight: createPattern(TINY_DIM, 3), axes };
  const bag = { bag: ['n', TINY_DIM] };
  const bytes = createTinyModel({ inputs: bag, tensors, nodes: [['Identity', ['bag'], ['real']], ...pool] });
  const padded = createTinyModel({
    inputs: { ...bag, mask: ['n'] },
    tensors,
    nodes: [['Unsqueeze', ['mask', 'axes'], ['ones']], ['Mul', ['bag', 'ones'], ['real']], ...pool],
  });
  await using plain = await open(write('plain.onnx', bytes));
  await using masked = await open(write('masked.onnx', padded));
  expect(masked.classes).toEqual(['0', '1', '2']);
  expect(masked.threshold).toBeUndefined();
  expect(await masked.predict(createBag(9), 9, TINY_DIM)).toEqual(await plain.predict(createBag(9), 9, TINY_DIM));
  await expect(open(plain.path, { threshold: 0.4 })).rejects.toThrow('expected none, as the model has 3 classes');
});

describe('any model', () => {
  const axes = { type: 'int64', dims: [1], data: BigInt64Array.of(0n) } as const;
  const own = (model: Partial<TinyModel>, classes = 2) =>
    createTinyModel({
      inputs: { bag: ['n', TINY_DIM] },
      tensors: { weight: createPattern(TINY_DIM, classes), axes },
      nodes: [
        [
          'ReduceMean',
          ['bag'],
          ['pooled'],
          { axes: { kind: 'ints', value: [0] }, keepdims: { kind: 'int', value: 1 } },
        ],
        ['MatMul', ['pooled', 'weight'], ['y']],
      ],
      ...model,
    });

  it('needs no card: classes are numbered or named, and it may say nothing of patches', async () => {
    await using model = await open(write('own.onnx', own({})), { classes: ['no', 'yes'], temperature: 2 });
    const { attention, instanceProbabilities, probabilities } = await model.predict(createBag(3), 3, TINY_DIM);
    expect([model.hasAttention, model.hasInstances, attention, instanceProbabilities]).toEqual([
      false,
      false,
      undefined,
      undefined,
    ]);
    expect((probabilities[0] ?? 0) + (probabilities[1] ?? 0)).toBeCloseTo(1, 6);
  });

  it('takes one number as the logit of the second class, and a batch of one bag', async () => {
    await using model = await open(write('one.onnx', own({}, 1)));
    const { logits, probabilities } = await model.predict(createBag(3), 3, TINY_DIM);
    expect(logits).toHaveLength(1);
    expect(probabilities[1]).toBeCloseTo(1 / (1 + Math.exp(-(logits[0] ?? 0))), 6);
    const batched = own(
      {
        inputs: { bag: [1, 'n', TINY_DIM] },
        nodes: [
          [
            'ReduceMean',
            ['bag'],
            ['pooled'],
            { axes: { kind: 'ints', value: [1] }, keepdims: { kind: 'int', value: 0 } },
          ],
          ['MatMul', ['pooled', 'weight'], ['y']],
        ],
      },
      1,
    );
    await using other = await open(write('batched.onnx', batched));
    expect((await other.predict(createBag(3), 3, TINY_DIM)).logits).toEqual(logits);
  });

  it('takes probabilities as they are, and no temperature then', async () => {
    const soft = own({
      outputs: ['p'],
      nodes: [
        [
          'ReduceMean',
          ['bag'],
          ['pooled'],
          { axes: { kind: 'ints', value: [0] }, keepdims: { kind: 'int', value: 1 } },
        ],
        ['MatMul', ['pooled', 'weight'], ['y']],
        ['Softmax', ['y'], ['p']],
      ],
    });
    const path = write('soft.onnx', soft);
    await using model = await open(path);
    const { logits, probabilities } = await model.predict(createBag(3), 3, TINY_DIM);
    expect(probabilities).toEqual(logits);
    await expect(open(path, { temperature: 2 })).rejects.toThrow('ends in softmax');
  });

  it('makes probabilities of patches by their own output, whatever the slide’s ends in', async () => {
    const nodes: TinyModel['nodes'] = [
      ['MatMul', ['bag', 'weight'], ['instance_logits']],
      [
        'ReduceMean',
        ['instance_logits'],
        ['pooled'],
        { axes: { kind: 'ints', value: [0] }, keepdims: { kind: 'int', value: 1 } },
      ],
      ['Softmax', ['pooled'], ['p']],
    ];
    await using model = await open(write('mixed.onnx', own({ nodes, outputs: ['p', 'instance_logits'] })));
    const bag = createBag(3);
    const { logits, probabilities, instanceProbabilities } = await model.predict(bag, 3, TINY_DIM);
    expect(probabilities).toEqual(logits);
    const weight = createPattern(TINY_DIM, 2).data;
    for (const patch of [0, 1, 2]) {
      const [a = 0, b = 0] = [0, 1].map((label) =>
        Array.from(
          { length: TINY_DIM },
          (_, k) => Number(bag[patch * TINY_DIM + k]) * Number(weight[k * 2 + label]),
        ).reduce((sum, value) => sum + value, 0),
      );
      // Logits in single precision: 1e-6 of a sum of six products.
      expect(instanceProbabilities?.[patch * 2 + 1]).toBeCloseTo(1 / (1 + Math.exp(a - b)), 5);
    }
  });

  it.each([
    [
      'a model of pictures',
      { inputs: { bag: ['n', 3, 8, 8] } },
      {},
      'float32 [n, 3, 8, 8], where float32 [patches, features]',
    ],
    ['bags of one size', { inputs: { bag: [16, TINY_DIM] } }, {}, 'any number of them'],
    ['open features', { inputs: { bag: ['n', 'dim'] } }, {}, 'does not say how many features'],
    ['a second input', { inputs: { bag: ['n', TINY_DIM], age: [1] } }, {}, 'it also wants age'],
    [
      'a row for each patch',
      { nodes: [['MatMul', ['bag', 'weight'], ['y']]] },
      {},
      'is [2, 2] for a slide of 2 patches',
    ],
    ['an output that it lacks', {}, { attentionOutput: 'a' }, 'one of y'],
    ['attention before its softmax', {}, { attentionOutput: 'y' }, 'is no attention: it adds up to 0'],
  ] as const)('refuses %s', async (_, model, options, message) => {
    await expect(open(write('bad.onnx', own(model as Partial<TinyModel>)), options)).rejects.toThrow(message);
  });
});
