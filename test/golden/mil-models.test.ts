import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createMilModel } from '../../src/onnx/mil-models.ts';
import { MIL_ARCHITECTURES, type MilArchitecture } from '../../src/onnx/mil-options.ts';
import { type MilStep, openMilStep, pickModelWeights } from '../../src/onnx/mil-step.ts';
import { countElements } from '../../src/onnx/model/tensor.ts';
import { createBagTensor } from '../../src/onnx/models/mil/bag-shape.ts';
import { openForward } from '../../src/onnx/open-forward.ts';
import { resolveParameterGroups } from '../../src/train/optimizers/parameter-groups.ts';
import { createOptimizer } from '../../src/train/optimizers.ts';
import { createRandom } from '../../src/utils/random.ts';
import { skipLoudly } from '../support/shared-data.ts';

type Numbers = Record<string, number[]>;
interface Recorded {
  architecture: MilArchitecture;
  options: { focal?: number; k?: number; bagWeight?: number };
  shapes: Record<string, number[]>;
  logits: number[];
  attention: number[];
  instanceLogits: number[];
  loss: number;
  bagLoss: number;
  instanceLoss: number | null;
  gradients: Numbers;
  /** With dropout: the loss, and the length of each gradient. */
  dropped: { loss: number; gradients: Numbers };
  /** Weights after steps of AdamW on one bag after another. */
  after: Numbers;
}
interface Reference {
  sizes: { featureDim: number; hidden: number; attention: number; classes: number; dropout: number };
  classWeights: number[];
  dropoutSeed: number;
  /** Instances, and class. */
  bags: [number, number][];
  adamw: { steps: number; rate: number; weightDecay: number };
  models: Record<string, Recorded>;
}

/** Recorded by mil_models.py with torch 1.13, in double precision. */
const reference = JSON.parse(readFileSync(new URL('mil-models.json', import.meta.url), 'utf8')) as Reference;
const CASES = Object.entries(reference.models);
/** Of the largest number in each tensor: ours are computed in single precision. The largest seen is 3e-7. */
const TOLERANCE = 2e-6;
/** Gradients go through more sums: 1.3e-6. */
const GRADIENT_TOLERANCE = 5e-6;
/** Rounding of a gradient that is 0. */
const NOISE = 1e-6;

/** One number that all scores have added has no gradient: what is left is rounding, of which AdamW makes whole steps. */
const hasGradient = (name: string) => !name.endsWith('attention_c.bias');

/** The rule of mil_models.py. */
function spread(seed: number, count: number, bound: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => (random() - 0.5) * 2 * bound);
}

function drawWeights({ shapes }: Recorded): Map<string, Float32Array> {
  return new Map(
    Object.entries(shapes).map(([name, dims], seed) => {
      const bound = dims.length > 1 ? Math.sqrt(3 / dims.at(-1)!) : 0.2;
      return [name, spread(seed, countElements(dims), bound)];
    }),
  );
}

function drawBag(at: number) {
  const [count, target] = reference.bags[at]!;
  return { count, target, features: spread(500 + at, count * reference.sizes.featureDim, 2) };
}

/** Largest difference, as a share of the largest number. */
function compare(actual: ArrayLike<number> | undefined, expected: readonly number[]): number {
  if (actual?.length !== expected.length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(...expected.map(Math.abs), 1e-6);
  return Math.max(...expected.map((value, at) => Math.abs(actual[at]! - value))) / scale;
}

function createModel({ architecture }: Recorded): Uint8Array {
  return createMilModel(architecture, { ...reference.sizes, seed: 1 });
}

function openStep(recorded: Recorded): Promise<MilStep> {
  const { classWeights } = reference;
  const { architecture, options } = recorded;
  const { focal: gamma, k, bagWeight } = options;
  return openMilStep(createModel(recorded), {
    architecture,
    loss: gamma === undefined ? { kind: 'cross-entropy', classWeights } : { kind: 'focal', gamma, classWeights },
    ...(k !== undefined && bagWeight !== undefined && { instanceLoss: { k, bagWeight } }),
  });
}

async function runForward(recorded: Recorded) {
  const weights = pickModelWeights(drawWeights(recorded));
  await using forward = await openForward(createModel(recorded), { weights });
  const { features, count } = drawBag(0);
  const inputs = new Map([['features', createBagTensor({ features, count }, reference.sizes.featureDim)]]);
  const outputs = await forward.run(inputs);
  expect([...outputs.keys()]).toEqual(['logits', 'attention', 'instance_logits']);
  const [logits, attention, instanceLogits] = [...outputs.values()].map(({ data }) => data as Float32Array);
  return { logits, attention, instanceLogits };
}

describe.each(CASES)('%s, against torch', (_name, recorded) => {
  it('logits, attention and logits of instances', async () => {
    const { logits, attention, instanceLogits } = await runForward(recorded);
    expect(compare(logits, recorded.logits)).toBeLessThan(TOLERANCE);
    expect(compare(attention, recorded.attention)).toBeLessThan(TOLERANCE);
    expect(compare(instanceLogits, recorded.instanceLogits)).toBeLessThan(TOLERANCE);
  });

  it('losses and gradients, and where dropout is', async () => {
    await using step = await openStep(recorded);
    const names = [...step.createWeights().keys()].sort();
    expect(names).toEqual(Object.keys(recorded.shapes).sort());
    const weights = drawWeights(recorded);
    const result = await step.step({ ...drawBag(0), weights });
    expect(result.loss).toBeCloseTo(recorded.loss, 5);
    expect(result.bagLoss).toBeCloseTo(recorded.bagLoss, 5);
    if (recorded.instanceLoss === null) expect(result.instanceLoss).toBeUndefined();
    else expect(result.instanceLoss).toBeCloseTo(recorded.instanceLoss, 5);
    expect([...result.gradients.keys()].sort()).toEqual(names);
    for (const [name, expected] of Object.entries(recorded.gradients))
      if (hasGradient(name))
        expect(compare(result.gradients.get(name), expected), name).toBeLessThan(GRADIENT_TOLERANCE);
      else expect(Math.abs(result.gradients.get(name)![0]!), name).toBeLessThan(NOISE);
    const dropped = await step.step({ ...drawBag(0), weights, seed: reference.dropoutSeed });
    expect(dropped.loss).toBeCloseTo(recorded.dropped.loss, 5);
    for (const [name, expected] of Object.entries(recorded.dropped.gradients).filter(([key]) => hasGradient(key)))
      expect(compare([Math.hypot(...dropped.gradients.get(name)!)], expected), name).toBeLessThan(GRADIENT_TOLERANCE);
  });

  it('weights after steps of AdamW', async () => {
    await using step = await openStep(recorded);
    const { steps, rate, weightDecay } = reference.adamw;
    const weights = drawWeights(recorded);
    const shapes = new Map(Object.entries(recorded.shapes));
    const settings = resolveParameterGroups(shapes, { weightDecay, decayVectors: true });
    const optimizer = createOptimizer(weights, settings, { name: 'adamw' });
    for (let at = 0; at < steps; at++) {
      const { gradients } = await step.step({ ...drawBag(at % reference.bags.length), weights });
      optimizer.step(gradients, rate);
    }
    const trained = Object.entries(recorded.after).filter(([name]) => hasGradient(name));
    for (const [name, expected] of trained) expect(compare(weights.get(name), expected), name).toBeLessThan(TOLERANCE);
  });
});

describe('the record of torch', () => {
  it('has every architecture', () => {
    expect(new Set(CASES.map(([, { architecture }]) => architecture))).toEqual(new Set(MIL_ARCHITECTURES));
  });

  it('a wrong number would be seen', () => {
    const gradients = CASES.flatMap(([, recorded]) => Object.entries(recorded.gradients));
    for (const [name, values] of gradients.filter(([name, values]) => hasGradient(name) && values.some(Boolean))) {
      const wrong = values.map((value) => value * 1.0001);
      expect(compare(wrong, values), name).toBeGreaterThan(GRADIENT_TOLERANCE);
    }
  });
});

const PYTHON = '/usr/bin/python3';
// Found, not loaded, which takes a second.
const FIND = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("torch") is None)';
const hasTorch = spawnSync(PYTHON, ['-c', FIND]).status === 0;
if (!hasTorch) skipLoudly('what torch says now is what was recorded', 'python3-torch');
describe.runIf(hasTorch)('what torch says now', () => {
  it('is what was recorded', () => {
    const script = fileURLToPath(new URL('mil_models.py', import.meta.url));
    const { stdout, stderr } = spawnSync(PYTHON, [script, '--print'], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const [now, then] = [JSON.parse(stdout) as Reference, reference].map((one) => listNumbers(one));
    expect(now!.length).toBe(then!.length);
    // Other versions of torch add up in another order; numbers have 8 digits.
    const differences = then!.map((value, at) => Math.abs(now![at]! - value) / Math.max(Math.abs(value), 1e-6));
    expect(Math.max(...differences)).toBeLessThan(1e-6);
  });
});

function listNumbers(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(listNumbers) : [];
}
