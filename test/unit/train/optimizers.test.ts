import { describe, expect, test } from 'vitest';
import { checkFinite } from '../../../src/train/check-finite.ts';
import { createGradientSum } from '../../../src/train/optimizers/accumulate-gradients.ts';
import { createWeightAverage } from '../../../src/train/optimizers/average-weights.ts';
import { chooseTrained } from '../../../src/train/optimizers/choose-trained.ts';
import { clipGradients } from '../../../src/train/optimizers/clip-gradients.ts';
import { computeLayerScales } from '../../../src/train/optimizers/layer-decay.ts';
import { getLayerUnit, listLayerUnits } from '../../../src/train/optimizers/layer-units.ts';
import { resolveParameterGroups } from '../../../src/train/optimizers/parameter-groups.ts';
import { createOptimizer, type OptimizerChoice } from '../../../src/train/optimizers.ts';
import { OptionError, TrainingError } from '../../../src/utils/errors.ts';

const VIT = ['class_token', 'conv_proj.weight', 'encoder.pos_embedding', 'encoder.layers.encoder_layer_0.ln_1.weight'];
VIT.push('encoder.layers.encoder_layer_1.ln_1.weight', 'encoder.ln.weight', 'heads.head.weight', 'heads.head.bias');
const shapes = new Map([
  ['stem.weight', [2, 2]],
  ['blocks.0.weight', [2, 2]],
  ['blocks.0.bias', [2]],
  ['head.weight', [1, 2]],
]);
const zeros = () =>
  new Map([...shapes].map(([name, sides]) => [name, new Float32Array(sides.reduce((a, b) => a * b))]));
const fill = (value: number) => new Map([...zeros()].map(([name, values]) => [name, values.fill(value)]));

describe('layers by the names of parameters', () => {
  test.each([
    ['conv1.weight', 'conv1'],
    ['layer1.0.bn2.bias', 'layer1'],
    ['blocks.11.attn.qkv.weight', 'blocks.11'],
    ['features.denseblock1.denselayer2.norm1.weight', 'features.denseblock1'],
    ['heads.head.weight', 'heads.head'],
    ['cls_token', ''],
    ['weight2', ''],
    ['fc/weight', 'fc'],
  ])('%s is of %s', (name, unit) => expect(getLayerUnit(name)).toBe(unit));

  test('from input to output, the root first', () => {
    const layers = ['encoder.layers.encoder_layer_0', 'encoder.layers.encoder_layer_1'];
    expect(listLayerUnits(VIT)).toEqual(['', 'conv_proj', 'encoder', ...layers, 'encoder.ln', 'heads.head']);
    expect(listLayerUnits(['a.weight', 'scale'])).toEqual(['', 'a']);
  });

  test('each learns slower than the one above', () => {
    const scales = computeLayerScales(VIT, 0.5);
    expect(scales.get('heads.head.bias')).toBe(1);
    expect(scales.get('encoder.ln.weight')).toBe(0.5);
    expect(scales.get('class_token')).toBe(0.5 ** 6);
    expect(() => computeLayerScales(VIT, 0)).toThrow(OptionError);
  });

  test('all, the head, the last layers', () => {
    expect(chooseTrained(VIT, 'all')).toEqual(VIT);
    expect(chooseTrained(VIT, 'head')).toEqual(['heads.head.weight', 'heads.head.bias']);
    expect(chooseTrained(VIT, { blocks: 3 })).toEqual(VIT.slice(4));
    expect(() => chooseTrained(VIT, { blocks: 8 })).toThrow(/at most 7/);
  });
});

describe('parameter groups', () => {
  test('vectors without decay, frozen ones left out, the later group wins', () => {
    const groups = [
      { match: /^blocks/, frozen: true, rateScale: 0.1 },
      { match: ['blocks.0.bias'], frozen: false },
    ];
    expect(resolveParameterGroups(shapes, { weightDecay: 0.1, decayVectors: false, groups })).toEqual([
      { name: 'stem.weight', rateScale: 1, weightDecay: 0.1 },
      { name: 'blocks.0.bias', rateScale: 0.1, weightDecay: 0 },
      { name: 'head.weight', rateScale: 1, weightDecay: 0.1 },
    ]);
    expect(
      resolveParameterGroups(shapes, { weightDecay: 0, layerDecay: 0.5 }).map(({ rateScale }) => rateScale),
    ).toEqual([0.25, 0.5, 0.5, 1]);
    expect(() => resolveParameterGroups(shapes, { weightDecay: -1 })).toThrow(OptionError);
  });

  test('what is not trained is not touched and needs no gradient', () => {
    const weights = fill(1);
    const settings = resolveParameterGroups(shapes, { weightDecay: 0.1, groups: [{ match: /stem/, frozen: true }] });
    const gradients = fill(1);
    gradients.delete('stem.weight');
    createOptimizer(weights, settings, { name: 'sgd' }).step(gradients, 0.1);
    expect(weights.get('stem.weight')).toEqual(new Float32Array(4).fill(1));
    expect(weights.get('head.weight')?.[0]).toBeLessThan(1);
  });
});

describe.each<OptimizerChoice>([{ name: 'adamw' }, { name: 'sgd', nesterov: true }])('$name', (choice) => {
  const settings = resolveParameterGroups(shapes, { weightDecay: 0.01 });
  const gradientsAt = (step: number) =>
    new Map([...zeros()].map(([name, values]) => [name, values.map((_, i) => Math.sin(step * 7 + i + name.length))]));

  test('goes on bit for bit from its slots', () => {
    const straight = fill(0.5);
    const one = createOptimizer(straight, settings, choice);
    for (let step = 0; step < 3; step++) one.step(gradientsAt(step), 0.01);
    const weights = new Map([...straight].map(([name, values]) => [name, values.slice()]));
    const other = createOptimizer(weights, settings, choice);
    other.restore({ steps: one.steps, slots: structuredClone(one.slots) });
    for (let step = 3; step < 6; step++) {
      one.step(gradientsAt(step), 0.01);
      other.step(gradientsAt(step), 0.01);
    }
    expect(weights).toEqual(straight);
    expect(other.steps).toBe(6);
  });

  test('a missing gradient, or one of another size, changes nothing', () => {
    const weights = fill(1);
    const optimizer = createOptimizer(weights, settings, choice);
    const short = fill(1).set('head.weight', new Float32Array(1));
    expect(() => optimizer.step(short, 0.1)).toThrow(RangeError);
    short.delete('head.weight');
    expect(() => optimizer.step(short, 0.1)).toThrow(/head.weight/);
    expect(weights).toEqual(fill(1));
    expect(optimizer.steps).toBe(0);
    expect(() => optimizer.restore({ steps: 1, slots: {} })).toThrow(RangeError);
  });
});

test('unknown names and numbers out of range', () => {
  expect(() => createOptimizer(zeros(), [], { name: 'adam' } as unknown as OptimizerChoice)).toThrow(OptionError);
  expect(() => createOptimizer(zeros(), [], { name: 'adamw', beta1: 1 })).toThrow(OptionError);
  expect(() => createOptimizer(zeros(), [], { name: 'sgd', momentum: Number.NaN })).toThrow(OptionError);
});

test('gradients that are no numbers are left alone, and stop the run', () => {
  const gradients = new Map([['a', Float32Array.of(1, Number.NaN)]]);
  const gradientNorm = clipGradients(gradients, 1);
  expect(gradients.get('a')?.[0]).toBe(1);
  expect(() => checkFinite({ loss: 1, gradientNorm }, 7)).toThrow(TrainingError);
  expect(() => checkFinite({ loss: Number.NaN, gradientNorm: 1 }, 7)).toThrow(/step 7: the loss is NaN/);
  checkFinite({ loss: 1, gradientNorm: 1 }, 7);
});

test('gradients of several batches are those of one', () => {
  const sum = createGradientSum(new Map([['a', new Float32Array(2)]]));
  for (let round = 0; round < 2; round++) {
    sum.add(new Map([['a', Float32Array.of(1, 2)]]), 3);
    sum.add(new Map([['a', Float32Array.of(5, -2)]]), 1);
    expect(sum.batches).toBe(2);
    expect(sum.take().get('a')).toEqual(Float32Array.of(2, 1));
  }
  expect(() => sum.take()).toThrow(RangeError);
});

test('a moving average of weights', () => {
  const weights = new Map([['a', Float32Array.of(0)]]);
  const plain = createWeightAverage(weights, { decay: 0.75, warmUp: false });
  const warmed = createWeightAverage(weights, { decay: 0.75 });
  weights.get('a')?.fill(1);
  const kept = [0.1, 2 / 11, 0.25, 4 / 13];
  let expected = 0;
  for (const [step, keep] of kept.entries()) {
    plain.update(weights);
    warmed.update(weights);
    expected = expected * keep + (1 - keep);
    expect(plain.weights.get('a')?.[0]).toBeCloseTo(1 - 0.75 ** (step + 1), 6);
    expect(warmed.weights.get('a')?.[0]).toBeCloseTo(expected, 6);
  }
  const other = createWeightAverage(weights, { decay: 0.75 });
  other.restore(structuredClone({ updates: warmed.updates, weights: warmed.weights }));
  other.update(weights);
  warmed.update(weights);
  expect(other.weights).toEqual(warmed.weights);
  expect(() => other.restore({ updates: 1, weights: new Map() })).toThrow(RangeError);
});
