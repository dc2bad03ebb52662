import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackboneOptions, resolveBackboneOptions } from '../../../src/inference/embed/options.ts';
import { readBackbone } from '../../../src/inference/embed/read-backbone.ts';
import { type TakePlan, takeFeatures } from '../../../src/inference/embed/take-features.ts';
import { ints } from '../../../src/onnx/attributes.ts';
import { exportModel } from '../../../src/onnx/export-model.ts';
import type { Tensor } from '../../../src/onnx/model/tensor.ts';
import { decodeModel } from '../../../src/onnx/model.ts';
import { openForward } from '../../../src/onnx/open-forward.ts';
import { writeModelCard } from '../../../src/train/train-phase1/model-card.ts';
import { createTinyBackbone } from '../../support/tiny-backbones.ts';
import { createPattern, createTinyModel } from '../../support/tiny-models.ts';

const PLAN: TakePlan = { source: 'm', output: 'y', take: 'auto', specialTokens: undefined, gridTokens: 4 };
const take = (tensor: Tensor, rows: number, plan: Partial<TakePlan> = {}) =>
  takeFeatures(tensor, rows, { ...PLAN, ...plan });

/** In double precision, rounded once. */
const meanOf = (...numbers: number[]) => Math.fround(numbers.reduce((sum, one) => sum + one, 0) / numbers.length);

describe('features of an output', () => {
  // Three pictures of six tokens (a class token among two that are special) of two channels.
  const tokens = createPattern(3, 6, 2);
  const at = (row: number, token: number, channel: number) => Number(tokens.data[(row * 6 + token) * 2 + channel]);
  const mean = (row: number, first: number) =>
    [0, 1].map((channel) =>
      meanOf(...Array.from({ length: 6 - first }, (_, token) => at(row, first + token, channel))),
    );
  const cls = (row: number) => [at(row, 0, 0), at(row, 0, 1)];

  it('of tokens are the class token, the mean of those of the picture, or both; rows that fill a batch are left out', () => {
    const special = { specialTokens: 2 };
    expect([...take(tokens, 2, special).features]).toEqual([...cls(0), ...cls(1)]);
    expect([...take(tokens, 2, { ...special, take: 'mean' }).features]).toEqual([...mean(0, 2), ...mean(1, 2)]);
    const both = take(tokens, 3, { ...special, take: 'cls-mean' });
    expect(both).toMatchObject({ dimension: 4, taken: 'cls token, mean of tokens' });
    expect([...both.features]).toEqual([0, 1, 2].flatMap((row) => [...cls(row), ...mean(row, 2)]));
  });

  it('of tokens know the special ones by the grid: none, one, or one and four registers', () => {
    expect([...take(tokens, 1, { gridTokens: 5 }).features]).toEqual(cls(0));
    expect([...take(tokens, 1, { gridTokens: 5, take: 'mean' }).features]).toEqual(mean(0, 1));
    expect([...take(tokens, 1, { gridTokens: 1, take: 'mean' }).features]).toEqual(mean(0, 5));
    expect(take(tokens, 1, { gridTokens: 6 })).toMatchObject({ taken: 'mean of tokens', dimension: 2 });
    for (const gridTokens of [4, 7, undefined])
      expect(() => take(tokens, 1, { gridTokens })).toThrow(/y \[3, 6, 2\] are of the picture can't be told/);
    expect(() => take(tokens, 1, { specialTokens: 6 })).toThrow(/can't be told/);
    expect(() => take(tokens, 1, { gridTokens: 6, take: 'cls' })).toThrow(/no class token/);
  });

  it('of maps are their means, of vectors the numbers themselves', () => {
    const maps = createPattern(2, 3, 2, 2);
    const pooled = Array.from({ length: 6 }, (_, map) =>
      meanOf(...[...maps.data.slice(4 * map, 4 * map + 4)].map(Number)),
    );
    expect([...take(maps, 2, { take: 'mean' }).features]).toEqual(pooled);
    const vectors = createPattern(2, 3);
    expect([...take(vectors, 1).features]).toEqual([...vectors.data.slice(0, 3)]);
    expect(() => take(vectors, 1, { take: 'cls' })).toThrow(
      /expected auto, as its output y \[2, 3\] has no tokens for `take`/,
    );
    expect(() => take(maps, 2, { take: 'cls-mean' })).toThrow(/no tokens/);
  });

  it('are refused where there are none', () => {
    expect(() => take(createPattern(2), 2)).toThrow(/has no features/);
    expect(() => take(createPattern(1, 1, 1, 1, 1), 1)).toThrow(/has no features/);
    expect(() => take(createPattern(1, 3), 2)).toThrow(/has no features/);
    expect(() => take({ type: 'int64', dims: [1, 1], data: BigInt64Array.of(1n) }, 1)).toThrow(/is int64/);
  });
});

describe('a backbone', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-backbone-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const read = (shape: Parameters<typeof createTinyBackbone>[0], options: Partial<BackboneOptions> = {}) => {
    const model = join(folder, 'tiny.onnx');
    writeFileSync(model, createTinyBackbone(shape));
    return readBackbone(resolveBackboneOptions({ model, ...options }));
  };

  it('says what it takes, and into how many tokens it cuts a picture', async () => {
    expect(await read({ side: 64 })).toMatchObject({
      ...{ name: 'tiny', inputName: 'pixels', side: 64, batchSize: 8, fixedBatch: false, mpp: undefined },
      ...{ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
      take: { output: 'tokens', gridTokens: 64 },
    });
    const fixed = await read({ batch: 3 }, { output: 'maps', mean: [0, 0, 0], std: [1, 1, 1] });
    expect(fixed).toMatchObject({ batchSize: 3, fixedBatch: true, mean: [0, 0, 0], take: { output: 'maps' } });
  });

  it('with weights beside it is another one when these change', async () => {
    const model = join(folder, 'beside.onnx');
    await exportModel(model, decodeModel(createTinyBackbone()), new Map(), { maxInside: 100 });
    const options = resolveBackboneOptions({ model });
    const { sha256, source, take } = await readBackbone(options);
    expect([source, take.gridTokens]).toEqual([model, 16]);
    const weights = readFileSync(`${model}.data`);
    writeFileSync(`${model}.data`, weights.fill(1, 0, 4));
    expect((await readBackbone(options)).sha256).not.toBe(sha256);
  });

  it('warns of a card that was written for other bytes, and takes what it says all the same', async () => {
    const model = join(folder, 'carded.onnx');
    writeFileSync(model, createTinyBackbone());
    const options = resolveBackboneOptions({ model });
    const { sha256 } = await readBackbone(options);
    const warned: string[] = [];
    const warn = (message: string) => void warned.push(message);
    const readWithCard = async (of: string) => {
      await writeModelCard(model, {
        ...{ schema: 'slideloom/model-card/v1', model: 'carded.onnx', sha256: of, task: 'patch-classification' },
        input: { name: 'pixels', width: 32, height: 32, mpp: 0.25, mean: [0, 0, 0], std: [1, 1, 1] },
        output: { name: 'tokens', activation: 'none' },
        ...{ classes: ['a', 'b'], threshold: null, metrics: {}, training: {} },
      });
      return readBackbone(options, { debug() {}, info() {}, notice() {}, error() {}, warn });
    };
    expect((await readWithCard(sha256)).mpp).toBe(0.25);
    expect(warned).toEqual([]);
    expect((await readWithCard('0'.repeat(64))).mpp).toBe(0.25);
    expect(warned).toEqual([`${model}: its card is of a file with other bytes; what it says is used nevertheless`]);
  });

  it('may be of an old opset: it runs as it is, and a value inside it can be taken', async () => {
    const model = join(folder, 'old.onnx');
    const nodes = [
      ['Conv', ['x', 'weight'], ['maps'], { strides: ints([8, 8]) }],
      ['GlobalAveragePool', ['maps'], ['pooled']],
      ['Squeeze', ['pooled'], ['y'], { axes: ints([2, 3]) }],
    ] as const;
    const tensors = { weight: createPattern(5, 3, 8, 8) };
    writeFileSync(model, createTinyModel({ opset: 9, inputs: { x: [1, 3, 16, 16] }, tensors, nodes }));
    const whole = await readBackbone(resolveBackboneOptions({ model }));
    expect(whole).toMatchObject({ source: model, asItStands: true, side: 16, batchSize: 1, take: { gridTokens: 4 } });
    const inner = await readBackbone(resolveBackboneOptions({ model, output: 'maps' }));
    expect(inner.sha256).toBe(whole.sha256);
    await using forward = await openForward(inner.source as Uint8Array);
    const x = new Map([['x', { ...createPattern(1, 3, 16, 16) }]]);
    const results = await forward.run(x, ['maps', 'y']);
    expect([results.get('maps')?.dims, results.get('y')?.dims]).toEqual([
      [1, 5, 2, 2],
      [1, 5],
    ]);
  });

  it.each([
    [{ output: 'logits' }, /expected one of tokens, maps, vector, or a value inside the model for `output`/],
    [{ inputSize: 64 }, /expected 32, as its input \[batch, 3, 32, 32\] for `inputSize`/],
    [{ std: [1, 0, 1] }, /expected three numbers above 0 for `std`/],
    [{ batchSize: 0 }, /`batchSize`/],
    [{ take: 'max' as 'mean' }, /expected one of auto, cls, mean, cls-mean/],
  ])('%j is refused', async (options, message) => {
    await expect((async () => read({}, options))()).rejects.toThrow(message);
  });
});
