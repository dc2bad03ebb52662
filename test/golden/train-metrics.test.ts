import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { computeIntervals } from '../../src/train/metrics/bootstrap.ts';
import { evaluate } from '../../src/train/metrics/evaluate.ts';
import { softmaxRows } from '../../src/train/metrics/kernels/softmax-rows.ts';
import { rankScores } from '../../src/train/metrics/rank-scores.ts';
import { computeRocAuc, findYoudenPoint } from '../../src/train/metrics/roc.ts';

interface Figures {
  labels: number[];
  auc: number;
  averagePrecision: number;
  logLoss: number;
  brier: number;
  calibration: { error: number; counts: number[] };
  confusion: number[][];
  accuracy: number;
  balancedAccuracy: number;
  macroF1: number;
  precision: number[];
  recall: number[];
  specificity: number[];
}
type Interval = { low: number; high: number };
interface Reference {
  binary: Figures & {
    scores: number[];
    groups: string[];
    youden: { threshold: number; value: number };
    bootstrap: Interval;
    patientBootstrap: Interval;
  };
  several: Figures & { logits: number[]; probabilities: number[] };
}

/** Recorded by train_metrics.py from the definitions. Both sides count in double precision. */
const { binary, several } = JSON.parse(
  readFileSync(new URL('train-metrics.json', import.meta.url), 'utf8'),
) as Reference;
const DIGITS = 12;

function expectFigures(found: ReturnType<typeof evaluate>, expected: Figures): void {
  const names = ['auc', 'averagePrecision', 'logLoss', 'brier', 'accuracy', 'balancedAccuracy', 'macroF1'] as const;
  for (const name of names) expect(found[name], name).toBeCloseTo(expected[name], DIGITS);
  expect(found.calibrationError).toBeCloseTo(expected.calibration.error, DIGITS);
  expect(found.reliability.map(({ count }) => count)).toEqual(expected.calibration.counts);
  expect(found.confusion).toEqual(expected.confusion);
  for (const [label, figures] of found.classes.entries())
    for (const name of ['precision', 'recall', 'specificity'] as const)
      expect(figures[name], `${name} of ${label}`).toBeCloseTo(expected[name][label] ?? Number.NaN, DIGITS);
}

describe('figures of two classes, with ties', () => {
  const probabilities = binary.scores.flatMap((score) => [1 - score, score]);
  const predictions = { labels: binary.labels, probabilities, classCount: 2 };

  test('all of them, at the Youden threshold', () => {
    const found = evaluate(predictions);
    expectFigures(found, binary);
    expect(found.threshold).toBe(binary.youden.threshold);
    const point = findYoudenPoint(rankScores(binary.labels, binary.scores));
    expect((point?.truePositiveRate ?? 0) - (point?.falsePositiveRate ?? 0)).toBeCloseTo(binary.youden.value, DIGITS);
  });

  test('intervals over examples and over patients', () => {
    const bootstrap = { seed: 11, rounds: 200 };
    const found = evaluate(predictions, { bootstrap }).intervals.auc;
    expect(found?.low).toBeCloseTo(binary.bootstrap.low, DIGITS);
    expect(found?.high).toBeCloseTo(binary.bootstrap.high, DIGITS);
    const ranked = rankScores(binary.labels, binary.scores);
    const { groups } = binary;
    const [byPatient] = computeIntervals(80, [(counts) => computeRocAuc(ranked, counts)], { ...bootstrap, groups });
    expect(byPatient?.low).toBeCloseTo(binary.patientBootstrap.low, DIGITS);
    expect(byPatient?.high).toBeCloseTo(binary.patientBootstrap.high, DIGITS);
  });

  test('one changed label is seen', () => {
    const labels = binary.labels.map((label, i) => (i === 0 ? 1 - label : label));
    expect(() => expectFigures(evaluate({ ...predictions, labels }), binary)).toThrow();
  });
});

test('figures of three classes, each against the rest', () => {
  const { labels, probabilities, logits } = several;
  expectFigures(evaluate({ labels, probabilities, classCount: 3 }), several);
  // Rounded to 32 bits.
  const softmax = softmaxRows(Float32Array.from(logits), 3);
  for (const [i, probability] of probabilities.entries()) expect(softmax[i]).toBeCloseTo(probability, 6);
});
