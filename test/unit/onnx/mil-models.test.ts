import { describe, expect, it } from 'vitest';
import { createMilModel } from '../../../src/onnx/mil-models.ts';
import { MIL_ARCHITECTURES, type MilArchitecture } from '../../../src/onnx/mil-options.ts';
import type { Tensor } from '../../../src/onnx/model/tensor.ts';
import { decodeModel } from '../../../src/onnx/model.ts';
import { createBagTensor } from '../../../src/onnx/models/mil/bag-shape.ts';
import { type Forward, openForward } from '../../../src/onnx/open-forward.ts';
import { OptionError } from '../../../src/utils/errors.ts';
import { sha256 } from '../../../src/utils/hash.ts';
import { drawBag } from '../../support/draw-bag.ts';

const FEATURES = 96;
const SIZES = { featureDim: FEATURES, classes: 3, hidden: 40, attention: 24, seed: 7 };
/** What sums in another order may change, as a share of the largest value; 3e-7 is the most that was seen. */
const TOLERANCE = 2e-6;

interface Judged {
  readonly logits: Float32Array;
  readonly attention: Float32Array;
  readonly instanceLogits: Float32Array;
}

async function judge(forward: Forward, features: Float32Array): Promise<Judged> {
  const count = features.length / FEATURES;
  const inputs = new Map<string, Tensor>([['features', createBagTensor({ features, count }, FEATURES)]]);
  const outputs = await forward.run(inputs);
  const read = (name: string) => outputs.get(name)!.data as Float32Array;
  expect([...outputs].map(([name, { dims }]) => [name, dims])).toEqual([
    ['logits', [1, 3]],
    ['attention', [count]],
    ['instance_logits', [count, 3]],
  ]);
  return { logits: read('logits'), attention: read('attention'), instanceLogits: read('instance_logits') };
}

function measure(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return expected.reduce((most, value, at) => Math.max(most, Math.abs(actual[at]! - value)), 0) / scale;
}

/** Rows of `values` in another order: that of a step that shares no factor with their number. */
function permute(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  const permuted = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const from = (row * 7 + 3) % rows;
    permuted.set(values.subarray(from * columns, (from + 1) * columns), row * columns);
  }
  return permuted;
}

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);

describe.each(MIL_ARCHITECTURES)('%s', (architecture) => {
  const bytes = createMilModel(architecture, SIZES);
  const bag = drawBag(1000, FEATURES).features;

  it('other instances in another order: the same logits, and attention in that order', async () => {
    await using forward = await openForward(bytes);
    const plain = await judge(forward, bag);
    const other = await judge(forward, permute(bag, FEATURES));
    expect(measure(other.logits, plain.logits)).toBeLessThan(TOLERANCE);
    expect(measure(other.attention, permute(plain.attention, 1))).toBeLessThan(TOLERANCE);
    expect(measure(other.instanceLogits, permute(plain.instanceLogits, 3))).toBeLessThan(TOLERANCE);
    expect(sum(plain.attention)).toBeCloseTo(1, 5);
    expect(Math.min(...plain.attention)).toBeGreaterThanOrEqual(0);
  });

  it('no other bag changes a bit, nor do threads', async () => {
    await using alone = await openForward(bytes, { threads: 1 });
    await using shared = await openForward(bytes, { threads: 2 });
    const expected = await judge(alone, bag);
    for (const count of [3, 1000, 1]) {
      await judge(shared, drawBag(count, FEATURES, 9).features);
      expect(await judge(shared, bag)).toEqual(expected);
    }
  });

  it('of one instance: all attention, and the logits of that instance', async () => {
    await using forward = await openForward(bytes);
    const { logits, attention, instanceLogits } = await judge(forward, bag.subarray(0, FEATURES));
    expect([...attention]).toEqual([1]);
    expect(measure(logits, instanceLogits)).toBeLessThan(TOLERANCE);
  });

  it('the same seed gives the same bytes, another seed others', () => {
    expect(sha256(createMilModel(architecture, SIZES))).toBe(sha256(bytes));
    const { initializers } = decodeModel(bytes);
    const [first] = decodeModel(createMilModel(architecture, { ...SIZES, seed: 8 })).initializers.values();
    expect(first).not.toEqual([...initializers.values()][0]);
  });
});

describe('attention of pooled bags', () => {
  it('mean: the same for all; max: channels by who holds their largest value, halves where two do', async () => {
    const features = new Float32Array(4 * FEATURES).fill(-1);
    features.fill(2, 0, FEATURES / 2);
    features.fill(3, FEATURES + FEATURES / 2, 2 * FEATURES);
    features.fill(3, 2 * FEATURES + FEATURES / 2, 3 * FEATURES);
    await using mean = await openForward(createMilModel('mean', SIZES));
    expect([...(await judge(mean, features)).attention]).toEqual([0.25, 0.25, 0.25, 0.25]);
    await using max = await openForward(createMilModel('max', SIZES));
    const shares = [...(await judge(max, features)).attention];
    expect(shares.map((share) => Math.round(share * 1e6) / 1e6)).toEqual([0.5, 0.25, 0.25, 0]);
  });
});

describe('a bag that does not fit', () => {
  it.each([
    [12 * 768, 12, /1024 numbers.*12 instances of 768/],
    [1023, 1, /1024 numbers.*1 instances of 1023/],
    [0, 0, /at least one instance/],
    [1024, 1.5, /at least one instance/],
  ])('of %i numbers for %d instances', (length, count, message) => {
    const features = new Float32Array(length);
    expect(() => createBagTensor({ features, count }, 1024)).toThrow(OptionError);
    expect(() => createBagTensor({ features, count }, 1024)).toThrow(message);
  });
});

describe('what no model is made for', () => {
  it.each([
    [{ featureDim: 0 }, /featureDim/],
    [{ classes: 1 }, /classes/],
    [{ hidden: 1.5 }, /hidden/],
    [{ attention: 0 }, /attention/],
    [{ dropout: 1 }, /dropout/],
    [{ seed: -1 }, /seed/],
  ])('%j', (wrong, message) => {
    expect(() => createMilModel('abmil', { ...SIZES, ...wrong })).toThrow(OptionError);
    expect(() => createMilModel('abmil', { ...SIZES, ...wrong })).toThrow(message);
  });

  it('another architecture: the message names those there are', () => {
    expect(() => createMilModel('transmil' as MilArchitecture, SIZES)).toThrow(
      /abmil, gated-abmil, clam-sb, mean, max/,
    );
  });
});
