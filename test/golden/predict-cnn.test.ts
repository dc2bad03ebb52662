import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClassifyConfig, classify } from '../../src/inference/classify.ts';
import { type QuantizeConfig, quantize } from '../../src/inference/quantize.ts';
import { readModel } from '../../src/onnx/model.ts';
import { modelCardSchema, readModelCard, writeModelCard } from '../../src/train/train-phase1/model-card.ts';
import { parseCsvTable } from '../../src/utils/csv.ts';
import { sha256 } from '../../src/utils/hash.ts';
import {
  CNN_NORMALIZATION,
  CNN_PICTURES,
  CNN_SIDE,
  createPredictCnn,
  writeCnnPictures,
} from '../support/predict-cnn.ts';

/** By test/golden/predict_cnn.py, with torch 1.13. */
const { logits: LOGITS } = JSON.parse(readFileSync(new URL('predict-cnn.json', import.meta.url), 'utf8')) as {
  logits: number[][];
};
const FLAT = LOGITS.flat();
const RANGE = Math.max(...FLAT) - Math.min(...FLAT);

describe('a small network, beside torch', () => {
  let folder: string;
  let common: Pick<ClassifyConfig, 'input' | 'mean' | 'std' | 'workers'>;
  const path = (name: string) => join(folder, name);
  const predict = async (out: string, config: Partial<ClassifyConfig> = {}) => {
    await classify({ ...common, model: path('cnn.onnx'), out: path(out), activation: 'none', ...config });
    const { rows } = parseCsvTable(readFileSync(join(folder, out, 'predictions.csv'), 'utf8'));
    expect(rows).toHaveLength(CNN_PICTURES);
    return rows.map((row) => [0, 1, 2].map((k) => Number(row[`score_${k}`] ?? row[`probability_${k}`])));
  };
  const round = (config: Partial<QuantizeConfig> = {}) =>
    quantize({ ...common, model: path('cnn.onnx'), out: path('int8.onnx'), overwrite: true, ...config });
  const findLargest = (rows: number[][]) => Math.max(...rows.flat().map((value, at) => Math.abs(value - FLAT[at]!)));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-cnn-'));
    await writeCnnPictures(path('pictures'));
    writeFileSync(path('cnn.onnx'), createPredictCnn());
    common = { input: path('pictures'), ...CNN_NORMALIZATION, workers: 0 };
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has its logits, from picture files to the table', async () => {
    // The pictures differ, or nothing would be compared.
    const firsts = LOGITS.map((row) => row[0]!);
    expect(Math.max(...firsts) - Math.min(...firsts)).toBeGreaterThan(RANGE / 10);
    expect(findLargest(await predict('logits'))).toBeLessThan(2e-6);
  });

  it('has its probabilities', async () => {
    const rows = await predict('probabilities', { activation: 'softmax' });
    for (const [at, row] of rows.entries()) {
      const exponents = LOGITS[at]!.map(Math.exp);
      const sum = exponents.reduce((a, b) => a + b);
      for (const [k, value] of row.entries()) expect(value).toBeCloseTo(exponents[k]! / sum, 6);
    }
  });

  // A level is a 255th of a value's range. Seen: 0.5 % of the logits' range, with 7 bits 1 %, without the outermost values 2 %.
  it.each([
    ['eight bits', {}, 0.01],
    ['weights of seven bits', { narrowWeights: true }, 0.02],
    ['without outermost values', { calibrationMethod: 'percentile', percentile: 99.9 }, 0.04],
    ['a layer left out', { exclude: ['Conv of a.conv'] }, 0.01],
  ] as const)('%s: logits within a small share of their range', async (name, config, share) => {
    const { comparison, quantizedNodes, candidates } = await round(config);
    expect([quantizedNodes, candidates]).toEqual([name === 'a layer left out' ? 4 : 5, 5]);
    const largest = findLargest(await predict(`int8-${name}`, { model: path('int8.onnx') }));
    expect(largest / RANGE).toBeLessThan(share);
    // What it says of itself is what is found here; beside float32 sums of its own.
    expect(comparison.largestDifference).toBeCloseTo(largest, 4);
    expect(comparison).toMatchObject({ pictures: CNN_PICTURES, agreement: 1 });
  });

  it('with a fixed batch gives the same, with eight bits too', async () => {
    writeFileSync(path('seven.onnx'), createPredictCnn(7));
    const model = path('seven.onnx');
    expect(findLargest(await predict('seven', { model }))).toBeLessThan(2e-6);
    await round({ model, out: path('seven.int8.onnx') });
    expect(findLargest(await predict('seven-int8', { model: path('seven.int8.onnx') })) / RANGE).toBeLessThan(0.01);
  });

  it('has its card beside it with eight bits, which says how it is fed', async () => {
    const model = path('known.onnx');
    writeFileSync(model, createPredictCnn());
    const { mean, std } = CNN_NORMALIZATION;
    const normalization = modelCardSchema.shape.input.pick({ mean: true, std: true }).parse({ mean, std });
    await writeModelCard(model, {
      schema: 'slideloom/model-card/v1',
      ...{ model: 'known.onnx', sha256: sha256(readFileSync(model)), task: 'patch-classification' },
      input: { name: 'images', width: CNN_SIDE, height: CNN_SIDE, mpp: 0.5, ...normalization },
      output: { name: 'logits', activation: 'softmax' },
      ...{ classes: ['a', 'b', 'c'], threshold: null, metrics: { auc: 0.9 }, training: { seed: 1 } },
    });
    const { input } = common;
    const out = path('known.int8.onnx');
    const { cardPath, comparison } = await quantize({ input, model, out, workers: 0 });
    expect(cardPath).toBe(path('known.int8.card.json'));
    expect(await readModelCard(out)).toMatchObject({
      ...{ model: 'known.int8.onnx', sha256: sha256(readFileSync(out)), classes: ['a', 'b', 'c'] },
      training: { seed: 1, quantization: { from: 'known.onnx', agreement: comparison.agreement } },
    });
    const { summary } = await classify({ input, model: out, out: path('known'), workers: 0 });
    expect(summary).toMatchObject({ classes: ['a', 'b', 'c'], activation: 'softmax', pictures: CNN_PICTURES });
  });

  it('is written with weights of a byte, rounded values, and no batch normalisation', async () => {
    await round();
    const { graph, initializers } = await readModel(path('int8.onnx'));
    const ops = (graph.node ?? []).map(({ opType }) => opType);
    expect(ops).not.toContain('BatchNormalization');
    expect(ops.filter((op) => op === 'Conv')).toHaveLength(4);
    expect(ops.filter((op) => op === 'QuantizeLinear')).toHaveLength(9);
    const types = [...initializers.values()].filter(({ dims }) => dims.length > 1).map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(['int8']));
    await expect(round({ model: path('int8.onnx'), out: path('twice.onnx') })).rejects.toMatchObject({ tag: 'model' });
  });
});
