import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { writeSafetensors } from '../../../src/io/safetensors/write-safetensors.ts';
import { checkResume, type ResumePlan } from '../../../src/train/checkpoints/check-resume.ts';
import type { Checkpoint } from '../../../src/train/checkpoints/checkpoint.ts';
import { copyParameters } from '../../../src/train/checkpoints/copy-parameters.ts';
import { readCheckpoint } from '../../../src/train/checkpoints/read-checkpoint.ts';
import { writeCheckpoint } from '../../../src/train/checkpoints/write-checkpoint.ts';
import { CheckpointError, TensorFileError } from '../../../src/utils/errors.ts';
import { useScratch } from '../utils/fixtures/scratch.ts';

const scratch = useScratch();
let path = '';
beforeEach(() => {
  path = join(scratch(), 'last.safetensors');
});

const create = (): Checkpoint => ({
  facts: {
    schema: 'slideloom/checkpoint/v1',
    step: 12,
    epoch: 1,
    optimizer: { name: 'adamw', steps: 12, options: { beta1: 0.9 } },
    schedule: {},
    sampler: { seed: 7, epoch: 1, position: 2 },
    random: { dropout: 123 },
    averageUpdates: 12,
    graphHash: 'abc',
    runtime: { slideloom: '0.1.0' },
    run: { classes: ['benign', 'tumour'] },
  },
  weights: new Map([
    ['conv.weight', Float32Array.of(1, 2, 3, Number.NaN, -0, 1e-45)],
    ['conv/bias', Float32Array.of(4)],
  ]),
  buffers: new Map([['bn.running_mean', Float32Array.of(5)]]),
  slots: {
    m: new Map([['conv.weight', Float32Array.of(6, 6, 6, 6, 6, 6)]]),
    v: new Map([['conv.weight', Float32Array.of(7, 7, 7, 7, 7, 7)]]),
  },
  averages: new Map([['conv.weight', Float32Array.of(8, 8, 8, 8, 8, 8)]]),
  shapes: new Map([
    ['conv.weight', [2, 3]],
    ['conv/bias', [1]],
    ['bn.running_mean', [1]],
  ]),
});

test('what is written comes back, and the same state gives the same bytes', async () => {
  const first = await writeCheckpoint(path, create());
  expect(await readCheckpoint(path)).toEqual(create());
  const again = await writeCheckpoint(path, create());
  expect(again.sha256).toBe(first.sha256);
  expect(readdirSync(join(path, '..'))).toEqual(['last.safetensors']);
});

test('without averages there are none', async () => {
  const { averages: _, ...rest } = create();
  await writeCheckpoint(path, { ...rest, averages: undefined });
  expect((await readCheckpoint(path)).averages).toBeUndefined();
});

describe('what is no checkpoint', () => {
  test('tensors of someone else', async () => {
    const one = { type: 'F32', shape: [1], data: Float32Array.of(1) } as const;
    await writeSafetensors(path, new Map([['a', one]]));
    await expect(readCheckpoint(path)).rejects.toThrow(CheckpointError);
    await writeSafetensors(path, new Map([['a', one]]), { slideloom: '{"schema":"slideloom/checkpoint/v2"}' });
    await expect(readCheckpoint(path)).rejects.toThrow(/facts/);
    const slideloom = JSON.stringify(create().facts);
    await writeSafetensors(path, new Map([['a', one]]), { slideloom });
    await expect(readCheckpoint(path)).rejects.toThrow(/no part/);
    await writeSafetensors(path, new Map([['m/a', one]]), { slideloom });
    await expect(readCheckpoint(path)).rejects.toThrow(/no weights/);
  });

  test('half a file', async () => {
    await writeCheckpoint(path, create());
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 1));
    await expect(readCheckpoint(path)).rejects.toThrow(TensorFileError);
  });
});

describe('resume', () => {
  const { facts, weights, buffers, averages, slots } = create();
  const plan: ResumePlan = {
    graphHash: 'abc',
    optimizer: { name: 'adamw', slots },
    ...{ weights, buffers, averages },
    seed: 7,
  };
  const resume = (change: Partial<ResumePlan>) => () => checkResume(create(), { ...plan, ...change }, 'last');

  test('fits the run that it was', () => {
    expect(facts.graphHash).toBe(plan.graphHash);
    expect(resume({})).not.toThrow();
  });

  test.each<[string, Partial<ResumePlan>, RegExp]>([
    ['another model', { graphHash: 'def' }, /another model/],
    ['another optimiser', { optimizer: { name: 'sgd', slots } }, /adamw, not sgd/],
    ['another seed', { seed: 8 }, /seed is 7, not 8/],
    ['no averages', { averages: undefined }, /moving average/],
    ['a weight more', { weights: new Map([...weights, ['x', new Float32Array(1)]]) }, /weight x is missing/],
    ['a weight less', { weights: new Map([...weights].slice(1)) }, /conv.weight is none of this run/],
    ['another size', { buffers: new Map([['bn.running_mean', new Float32Array(2)]]) }, /has 1 elements, not 2/],
    [
      'another slot',
      { optimizer: { name: 'adamw', slots: { ...slots, x: buffers } } },
      /x of bn.running_mean is missing/,
    ],
  ])('%s', (_name, change, message) => {
    expect(resume(change)).toThrow(CheckpointError);
    expect(resume(change)).toThrow(message);
  });

  test('copies all or nothing', () => {
    const target = new Map([...weights].map(([name, values]) => [name, new Float32Array(values.length)]));
    expect(() => copyParameters(target, new Map([...weights].slice(0, 1)))).toThrow(RangeError);
    expect(target.get('conv.weight')).toEqual(new Float32Array(6));
    copyParameters(target, weights);
    expect(target).toEqual(weights);
  });
});
