import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { float, int } from '../../../src/onnx/attributes.ts';
import { exportModel } from '../../../src/onnx/export-model.ts';
import { decodeModel, readModel } from '../../../src/onnx/model.ts';
import { openForward } from '../../../src/onnx/open-forward.ts';
import { OptionError } from '../../../src/utils/errors.ts';
import { createPattern, createTinyModel } from '../../support/tiny-models.ts';

/** A model as it is exported for training: its batch normalisation and its dropout train. */
const MODEL = createTinyModel({
  nodes: [
    [
      'BatchNormalization',
      ['x', 'scale', 'bias', 'mean', 'variance'],
      ['n', 'new_mean', 'new_variance'],
      { training_mode: int(1), epsilon: float(1e-5) },
    ],
    ['Dropout', ['n', 'ratio', 'training'], ['d']],
    ['MatMul', ['d', 'w'], ['y']],
  ],
  tensors: {
    scale: createPattern(3),
    bias: createPattern(3),
    mean: { type: 'float32', dims: [3], data: Float32Array.of(0.5, -1, 2) },
    variance: { type: 'float32', dims: [3], data: Float32Array.of(1, 4, 0.25) },
    w: createPattern(3, 400),
    ratio: { type: 'float32', dims: [], data: Float32Array.of(0.5) },
    training: { type: 'bool', dims: [], data: Uint8Array.of(1) },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'slideloom-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const X = createPattern(4, 3);
const WEIGHTS = new Map([
  ['w', Float32Array.from(createPattern(3, 400).data as Float32Array, (value) => value * 2)],
  ['mean', Float32Array.of(1, 1, 1)],
]);

/** The formula of the model, in float64. */
function computeByHand(mean: readonly number[], factor: number): number[] {
  const [scale, w] = [createPattern(3).data, createPattern(3, 400).data];
  const variance = [1, 4, 0.25];
  return Array.from({ length: 4 * 400 }, (_, at) => {
    const [row, column] = [Math.floor(at / 400), at % 400];
    return [0, 1, 2].reduce((sum, c) => {
      const normal = (Number(X.data[row * 3 + c]) - mean[c]!) / Math.sqrt(variance[c]! + 1e-5);
      return sum + (normal * Number(scale[c]) + Number(scale[c])) * Number(w[c * 400 + column]) * factor;
    }, 0);
  });
}

function expectClose(actual: ArrayLike<unknown>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [at, value] of expected.entries()) expect(Math.abs(Number(actual[at]) - value)).toBeLessThan(1e-4);
}

it('inference uses running statistics and drops nothing', async () => {
  await using forward = await openForward(MODEL);
  expectClose((await forward.run(new Map([['x', X]]))).get('y')!.data, computeByHand([0.5, -1, 2], 1));
});

it('a file that was exported for training is not run as it is', async () => {
  const path = join(folder, 'training.onnx');
  writeFileSync(path, MODEL);
  await using forward = await openForward(path);
  expectClose((await forward.run(new Map([['x', X]]))).get('y')!.data, computeByHand([0.5, -1, 2], 1));
});

it('inference with new weights', async () => {
  await using forward = await openForward(MODEL, { weights: WEIGHTS });
  expectClose((await forward.run(new Map([['x', X]]))).get('y')!.data, computeByHand([1, 1, 1], 2));
  await expect(openForward(MODEL, { weights: new Map([['v', new Float32Array(1)]]) })).rejects.toThrow(OptionError);
  await expect(openForward(MODEL, { weights: new Map([['w', new Float32Array(1)]]) })).rejects.toThrow(OptionError);
});

it.each([undefined, 1000])(
  'an exported file has the weights inside, or beside it from %s bytes on',
  async (maxInside) => {
    const path = join(folder, `${maxInside}.onnx`);
    const options = { metadata: { card: '{"mpp":0.5}' }, ...(maxInside === undefined ? {} : { maxInside }) };
    const written = await exportModel(path, decodeModel(MODEL), WEIGHTS, options);
    expect(written.map((file) => file.path)).toEqual(maxInside === undefined ? [path] : [path, `${path}.data`]);
    expect(readdirSync(folder).filter((name) => name.startsWith(`${maxInside}.`)).length).toBe(written.length);
    const model = await readModel(path);
    expect(model.initializers.get('w')?.data).toEqual(WEIGHTS.get('w'));
    expect(model.message.metadataProps).toEqual([{ key: 'card', value: '{"mpp":0.5}' }]);
    await using forward = await openForward(path);
    expectClose((await forward.run(new Map([['x', X]]))).get('y')!.data, computeByHand([1, 1, 1], 2));
  },
);
