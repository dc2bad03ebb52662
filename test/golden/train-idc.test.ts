import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBatchLoader } from '../../src/train/batches/batch-loader.ts';
import { createDecodePool } from '../../src/train/batches/decode-pool.ts';
import { checkLeak } from '../../src/train/data/check-leak.ts';
import { countLabels, findClasses, labelExamples } from '../../src/train/data/class-names.ts';
import type { Example } from '../../src/train/data/example.ts';
import { readExampleRows } from '../../src/train/data/read-example-rows.ts';
import { createSampler } from '../../src/train/data/sampler.ts';
import { chooseFold, splitByPatient } from '../../src/train/data/split-patients.ts';
import { rankScores } from '../../src/train/metrics/rank-scores.ts';
import { computeRocAuc } from '../../src/train/metrics/roc.ts';
import { resolveParameterGroups } from '../../src/train/optimizers/parameter-groups.ts';
import { createOptimizer } from '../../src/train/optimizers.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';

const SIZE = 50;
const FEATURES = 6;

interface Sample extends Example {
  /** Mean and deviation of each channel. */
  readonly features: readonly number[];
}

describeWithShared('real patches: logistic regression on their colours', () => {
  const pool = createDecodePool(0);
  afterAll(() => pool.close());
  let samples: Sample[] = [];

  beforeAll(async () => {
    const rows = await readExampleRows(sharedPath('data', 'patches', 'idc', 'labels.csv'));
    const examples = labelExamples(rows, findClasses(rows));
    const settings = { width: SIZE, height: SIZE, mean: [0, 0, 0], std: [1, 1, 1] } as const;
    const loader = createBatchLoader(pool, { examples, classCount: 2, batchSize: 64, settings, seed: 1 });
    const sampler = createSampler(
      examples.map(({ label }) => label),
      { order: 'sequential', batchSize: 64, seed: 1 },
    );
    samples = [];
    for await (const batch of loader.load(sampler.plan(sampler.start()))) {
      for (const [row, index] of batch.indices.entries()) {
        const planes = batch.images.subarray(row * 3 * SIZE * SIZE, (row + 1) * 3 * SIZE * SIZE);
        samples.push({ ...examples[index]!, features: describePlanes(planes) });
      }
      batch.release();
    }
  });

  test('the table is what its page says', () => {
    expect(countLabels(samples, 2)).toEqual([2390, 910]);
    expect(new Set(samples.map(({ patient }) => patient)).size).toBe(90);
  });

  test('five folds by patient reach the AUC that others found for colours, 0.84', () => {
    const folds = splitByPatient(samples, { folds: 5, seed: 42 });
    const areas = [0, 1, 2, 3, 4].map((fold) => {
      const { train, validation } = chooseFold(samples, folds, fold);
      expect(checkLeak(train, validation, 'folds')).toContain('patient');
      return trainAndTest(train, validation);
    });
    const mean = areas.reduce((sum, area) => sum + area, 0) / areas.length;
    // Their 0.840 is of another split: 80 patients.
    expect(mean).toBeGreaterThan(0.81);
    expect(mean).toBeLessThan(0.87);
  });
});

function describePlanes(planes: Float32Array): number[] {
  const size = planes.length / 3;
  return [0, 1, 2].flatMap((channel) => {
    const plane = planes.subarray(channel * size, (channel + 1) * size);
    const mean = plane.reduce((sum, value) => sum + value, 0) / size;
    return [mean, Math.sqrt(plane.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size)];
  });
}

/** Full batches of a loss whose gradient is known: it trains the optimiser, the splits and the figures, no engine. */
function trainAndTest(train: readonly Sample[], validation: readonly Sample[]): number {
  const scales = Array.from({ length: FEATURES }, (_, k) => {
    const values = train.map(({ features }) => features[k] ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
  });
  const prepare = ({ features }: Sample) => [
    1,
    ...features.map((value, k) => (value - scales[k]!.mean) / scales[k]!.deviation),
  ];
  const inputs = train.map(prepare);
  const weights = new Map([['head.weight', new Float32Array(FEATURES + 1)]]);
  const own = weights.get('head.weight')!;
  const settings = resolveParameterGroups(new Map([['head.weight', [1, FEATURES + 1]]]), { weightDecay: 0 });
  const optimizer = createOptimizer(weights, settings, { name: 'adamw' });
  const predict = (input: readonly number[]) =>
    1 / (1 + Math.exp(-input.reduce((sum, value, k) => sum + value * own[k]!, 0)));
  for (let step = 0; step < 200; step++) {
    const gradient = new Float32Array(FEATURES + 1);
    for (const [i, input] of inputs.entries()) {
      const error = (predict(input) - train[i]!.label) / inputs.length;
      for (const [k, value] of input.entries()) gradient[k]! += error * value;
    }
    optimizer.step(new Map([['head.weight', gradient]]), 0.05);
  }
  const scores = validation.map((sample) => predict(prepare(sample)));
  return (
    computeRocAuc(
      rankScores(
        validation.map(({ label }) => label),
        scores,
      ),
    ) ?? 0
  );
}
