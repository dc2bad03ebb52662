import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportModel } from '../../../src/onnx/export-model.ts';
import { createMilModel } from '../../../src/onnx/mil-models.ts';
import { MIL_ARCHITECTURES, type MilArchitecture } from '../../../src/onnx/mil-options.ts';
import { type MilStepOptions, openMilStep, pickModelWeights } from '../../../src/onnx/mil-step.ts';
import { decodeModel, readModel } from '../../../src/onnx/model.ts';
import { ModelError, OptionError } from '../../../src/utils/errors.ts';
import { drawBag } from '../../support/draw-bag.ts';
import { createPattern, createTinyModel } from '../../support/tiny-models.ts';

const SIZES = { featureDim: 20, classes: 3, hidden: 12, attention: 8, seed: 4 };
const LOSS = { kind: 'cross-entropy' } as const;
type More = Omit<MilStepOptions, 'architecture' | 'loss'>;

function open(architecture: MilArchitecture, more: More = {}, sizes = SIZES) {
  return openMilStep(createMilModel(architecture, sizes), { architecture, loss: LOSS, ...more });
}

/** A weight's place with the largest gradient: there rounding of the loss matters least. */
function findLargest(gradient: Float32Array): number {
  return gradient.reduce((best, value, at) => (Math.abs(value) > Math.abs(gradient[best]!) ? at : best), 0);
}

describe.each(MIL_ARCHITECTURES)('a step of %s', (architecture) => {
  it('has the slope that differences of its loss have, weight by weight', async () => {
    await using step = await open(architecture);
    const weights = step.createWeights();
    const bag = { ...drawBag(9, 20), target: Float32Array.of(0.1, 0.7, 0.2), seed: 3 };
    const { gradients } = await step.step({ ...bag, weights });
    for (const [name, gradient] of gradients) {
      const at = findLargest(gradient);
      const values = weights.get(name)!;
      const begin = values[at]!;
      const lossAt = async (value: number) => {
        values[at] = value;
        return (await step.step({ ...bag, weights })).loss;
      };
      const slope = ((await lossAt(begin + STEP)) - (await lossAt(begin - STEP))) / (2 * STEP);
      values[at] = begin;
      expect(Math.abs(slope - gradient[at]!), `${name}[${at}]`).toBeLessThan(
        0.01 * Math.abs(gradient[at]!) + SLOPE_NOISE,
      );
    }
  });

  it('gives the same bits with one thread and two, after other bags and anew', async () => {
    const large = { ...drawBag(700, 20), target: 1, seed: 5 };
    await using one = await open(architecture, { threads: 1 });
    await using two = await open(architecture, { threads: 2 });
    const weights = one.createWeights();
    const expected = await one.step({ ...large, weights });
    await two.step({ ...drawBag(3, 20), target: 0, seed: 1, weights });
    expect(await two.step({ ...large, weights })).toEqual(expected);
    await two.recycle();
    expect(await two.step({ ...large, weights })).toEqual(expected);
  });

  it('drops by its seed, and nothing without', async () => {
    await using step = await open(architecture);
    await using whole = await open(architecture, {}, { ...SIZES, dropout: 0 } as typeof SIZES);
    const bag = { ...drawBag(30, 20), target: 2, weights: step.createWeights() };
    const first = await step.step({ ...bag, seed: 8 });
    expect(await step.step({ ...bag, seed: 8 })).toEqual(first);
    expect((await step.step({ ...bag, seed: 9 })).loss).not.toBe(first.loss);
    const plain = await step.step(bag);
    expect(plain).toEqual(await whole.step(bag));
    expect(plain.loss).not.toBe(first.loss);
  });

  it('learns from a bag of one instance', async () => {
    await using step = await open(architecture);
    const { loss, bagLoss, instanceLoss, gradients } = await step.step({
      ...{ ...drawBag(1, 20), target: 0, weights: step.createWeights(), seed: 2 },
    });
    expect(bagLoss).toBeGreaterThan(0);
    expect(instanceLoss).toBe(architecture === 'clam-sb' ? 0 : undefined);
    expect(loss).toBeCloseTo(architecture === 'clam-sb' ? 0.7 * bagLoss : bagLoss, 6);
    for (const gradient of gradients.values()) expect(gradient.every(Number.isFinite)).toBe(true);
  });

  it('is exported without what training alone has', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mil-'));
    try {
      await using step = await open(architecture);
      const model = decodeModel(createMilModel(architecture, SIZES));
      const path = join(folder, 'model.onnx');
      await exportModel(path, model, pickModelWeights(step.createWeights()));
      const written = await readModel(path);
      expect(written.initializers).toEqual(model.initializers);
      expect(written.graph.output?.map(({ name }) => name)).toEqual(['logits', 'attention', 'instance_logits']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Of single precision: half the digits. */
const STEP = 1e-2;
/** Rounding of a loss around 1, by the step. */
const SLOPE_NOISE = 3e-5;

describe('the loss of instances of clam-sb', () => {
  it('looks at both ends of the order, each instance once, also where all scores are equal', async () => {
    await using step = await open('clam-sb', { instanceLoss: { k: 8, bagWeight: 0.5 } });
    const weights = step.createWeights();
    // Copies of one instance have the same margin d: half of them cost softplus(-d), half softplus(d).
    const { features } = drawBag(1, 20);
    const copies = new Float32Array(11 * 20);
    for (let row = 0; row < 11; row++) copies.set(features, row * 20);
    const { instanceLoss, gradients } = await step.step({ features: copies, count: 11, target: 1, weights });
    const bias = gradients.get('instance_classifiers.1.bias')!;
    const slope = 2 * (bias[1]! / 0.5);
    const margin = Math.log((1 + slope) / (1 - slope));
    const softplus = (value: number) => Math.log1p(Math.exp(value));
    expect(instanceLoss).toBeCloseTo((softplus(-margin) + softplus(margin)) / 2, 5);
    for (const other of [0, 2])
      expect(gradients.get(`instance_classifiers.${other}.weight`)!.every((value) => value === 0)).toBe(true);
  });

  it('counts classes by their share in a soft target', async () => {
    await using step = await open('clam-sb');
    const bag = { ...drawBag(40, 20), weights: step.createWeights() };
    const [first, second] = [await step.step({ ...bag, target: 0 }), await step.step({ ...bag, target: 1 })];
    const mixed = await step.step({ ...bag, target: Float32Array.of(0.25, 0.75, 0) });
    expect(mixed.instanceLoss).toBeCloseTo(0.25 * first.instanceLoss! + 0.75 * second.instanceLoss!, 6);
  });

  it('is the same in a thread, where weights come back', async () => {
    await using step = await open('clam-sb');
    await using threaded = await open('clam-sb', { thread: true });
    const weights = threaded.createWeights();
    expect(weights).toEqual(step.createWeights());
    const bag = { ...drawBag(40, 20), target: 2, seed: 6 };
    const expected = await step.step({ ...bag, weights: step.createWeights() });
    expect(await threaded.step({ ...bag, weights })).toEqual(expected);
    expect(weights).toEqual(step.createWeights());
    expect(bag.features.length).toBe(40 * 20);
  });

  it('is left out with a weight of 1', async () => {
    await using step = await open('clam-sb', { instanceLoss: { bagWeight: 1 } });
    const weights = step.createWeights();
    expect([...weights.keys()].filter((name) => name.startsWith('instance_classifiers'))).toEqual([]);
    const { loss, bagLoss, instanceLoss } = await step.step({ ...drawBag(9, 20), target: 1, weights });
    expect([bagLoss, instanceLoss]).toEqual([loss, undefined]);
  });
});

describe('what a step of bags refuses', () => {
  it('bags and targets of another size, and names both', async () => {
    await using step = await open('abmil');
    const weights = step.createWeights();
    const wrong = step.step({ ...drawBag(4, 24), target: 0, weights });
    await expect(wrong).rejects.toThrow(OptionError);
    await expect(wrong).rejects.toThrow(/20 numbers.*4 instances of 24/);
    const bag = { ...drawBag(4, 20), weights };
    await expect(step.step({ ...bag, target: 3 })).rejects.toThrow(/from 0 to 2/);
    await expect(step.step({ ...bag, target: Float32Array.of(1, 0) })).rejects.toThrow(/3 classes.*2 numbers/);
  });

  it('models and options that are for something else', async () => {
    await expect(open('abmil', { instanceLoss: {} })).rejects.toThrow(OptionError);
    await expect(open('clam-sb', { instanceLoss: { bagWeight: 0 } })).rejects.toThrow(/bagWeight/);
    await expect(open('clam-sb', { instanceLoss: { k: 0 } })).rejects.toThrow(/k/);
    const plain = createMilModel('mean', SIZES);
    await expect(openMilStep(plain, { architecture: 'clam-sb', loss: LOSS })).rejects.toThrow(ModelError);
    const other = createTinyModel({ nodes: [['MatMul', ['x', 'w'], ['y']]], tensors: { w: createPattern(3, 2) } });
    await expect(openMilStep(other, { architecture: 'abmil', loss: LOSS })).rejects.toThrow(/no model of bags/);
  });
});
