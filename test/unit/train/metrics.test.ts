import { describe, expect, test } from 'vitest';
import { computeIntervals } from '../../../src/train/metrics/bootstrap.ts';
import { computeCalibrationError, createReliabilityBins } from '../../../src/train/metrics/calibration.ts';
import { countConfusion, describeClass } from '../../../src/train/metrics/confusion.ts';
import { evaluate } from '../../../src/train/metrics/evaluate.ts';
import { softmaxRows } from '../../../src/train/metrics/kernels/softmax-rows.ts';
import { computeAveragePrecision, createPrecisionRecallCurve } from '../../../src/train/metrics/precision-recall.ts';
import { rankScores } from '../../../src/train/metrics/rank-scores.ts';
import { computeRocAuc, createRocCurve, findMiddleThreshold, findYoudenPoint } from '../../../src/train/metrics/roc.ts';
import { OptionError } from '../../../src/utils/errors.ts';

describe('areas', () => {
  test.each<[string, number[], number[], number, number]>([
    ['all told apart', [0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4], 1, 1],
    ['all the wrong way', [1, 1, 0, 0], [0.1, 0.2, 0.3, 0.4], 0, (1 / 3 + 2 / 4) / 2],
    ['all the same', [0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5], 0.5, 0.5],
    ['a tie', [0, 1, 1], [0.5, 0.5, 0.9], 0.75, 0.5 + 0.5 * (2 / 3)],
    ['infinite scores', [0, 1], [-Infinity, Infinity], 1, 1],
  ])('%s', (_name, labels, scores, auc, precision) => {
    const ranked = rankScores(labels, scores);
    expect(computeRocAuc(ranked)).toBe(auc);
    expect(computeAveragePrecision(ranked)).toBeCloseTo(precision, 15);
  });

  test('of one class there is none', () => {
    expect(computeRocAuc(rankScores([1, 1], [0.1, 0.2]))).toBeUndefined();
    expect(computeAveragePrecision(rankScores([0, 0], [0.1, 0.2]))).toBeUndefined();
    expect(createRocCurve(rankScores([1], [0.1]))).toEqual([]);
    expect(createPrecisionRecallCurve(rankScores([0], [0.1]))).toEqual([]);
    expect(findYoudenPoint(rankScores([], []))).toBeUndefined();
  });

  test('counts stand for repeated examples', () => {
    const [labels, scores] = [
      [0, 1, 1, 0],
      [0.2, 0.2, 0.8, 0.5],
    ];
    const counts = Uint32Array.of(2, 0, 3, 1);
    const repeat = (values: number[] = []) =>
      values.flatMap((value, i) => new Array<number>(counts[i] ?? 0).fill(value));
    const repeated = rankScores(repeat(labels), repeat(scores));
    const ranked = rankScores(labels ?? [], scores ?? []);
    expect(computeRocAuc(ranked, counts)).toBe(computeRocAuc(repeated));
    expect(computeAveragePrecision(ranked, counts)).toBe(computeAveragePrecision(repeated));
  });

  test('scores that are no numbers', () => {
    expect(() => rankScores([0, 1], [0.1, Number.NaN])).toThrow(RangeError);
    expect(() => rankScores([0, 1], [0.1])).toThrow(RangeError);
  });
});

test('curves have their corners, and the highest of equal Youden points is taken', () => {
  const ranked = rankScores([1, 0, 1, 0], [0.9, 0.7, 0.7, 0.1]);
  expect(
    createRocCurve(ranked).map(({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate]),
  ).toEqual([
    [0, 0],
    [0, 0.5],
    [0.5, 1],
    [1, 1],
  ]);
  expect(findYoudenPoint(ranked)?.threshold).toBe(0.9);
  expect(findMiddleThreshold(ranked)).toBeCloseTo(0.8, 12);
  // Nothing is below the lowest score.
  expect(findMiddleThreshold(rankScores([1, 0], [0.5, 0.5]))).toBe(0.5);
  expect(createPrecisionRecallCurve(ranked).map(({ precision, recall }) => [precision, recall])).toEqual([
    [1, 0.5],
    [2 / 3, 1],
    [0.5, 1],
  ]);
});

describe('confusion', () => {
  test('a class that is not there has no recall, and one that is never guessed no precision', () => {
    const confusion = countConfusion([0, 0, 1], [0, 2, 0], 3);
    expect(confusion).toEqual([
      [1, 0, 1],
      [1, 0, 0],
      [0, 0, 0],
    ]);
    expect(describeClass(confusion, 1)).toEqual({ precision: undefined, recall: 0, specificity: 1, f1: 0 });
    expect(describeClass(confusion, 2)).toMatchObject({ precision: 0, recall: undefined });
  });

  test('labels that are no class', () => {
    expect(() => countConfusion([3], [0], 3)).toThrow(RangeError);
    expect(() => countConfusion([0], [-1], 3)).toThrow(RangeError);
    expect(() => countConfusion([0, 1], [0], 3)).toThrow(RangeError);
  });
});

describe('calibration', () => {
  test('probabilities of 0 and 1 have their bins', () => {
    const bins = createReliabilityBins(
      { labels: [0, 1, 1], probabilities: [1, 0, 0, 1, 0.35, 0.65], classCount: 2 },
      4,
    );
    expect(bins.map(({ count }) => count)).toEqual([1, 0, 1, 1]);
    expect(bins[1]).toMatchObject({ confidence: undefined, accuracy: undefined });
    expect(computeCalibrationError(bins)).toBeCloseTo(0.35 / 3, 12);
  });

  test('of nothing there is none', () => {
    expect(
      computeCalibrationError(createReliabilityBins({ labels: [], probabilities: [], classCount: 2 })),
    ).toBeUndefined();
    expect(() => createReliabilityBins({ labels: [], probabilities: [], classCount: 2 }, 0)).toThrow(OptionError);
  });
});

describe('intervals', () => {
  const draw = () =>
    computeIntervals(50, [(counts) => counts.slice(0, 25).reduce((a, b) => a + b, 0) / 50], { seed: 1 })[0];

  test('hold a share of a half, as wide as the binomial one, and are the same each time', () => {
    const found = draw();
    // Half of 50 draws: 0.5 +- 1.96 * sqrt(0.25 / 50).
    expect(found?.low).toBeGreaterThan(0.34);
    expect(found?.low).toBeLessThan(0.39);
    expect(found?.high).toBeGreaterThan(0.61);
    expect(found?.high).toBeLessThan(0.66);
    expect(draw()).toEqual(found);
  });

  test('resamples without a figure are left out', () => {
    expect(computeIntervals(3, [() => undefined], { seed: 1 })).toEqual([undefined]);
    const [some] = computeIntervals(2, [(counts) => (counts[0] === 1 ? 7 : undefined)], { seed: 1, rounds: 100 });
    expect(some).toMatchObject({ low: 7, high: 7 });
    expect(some?.rounds).toBeLessThan(100);
    expect(() => computeIntervals(2, [() => 1], { seed: 1, groups: ['a'] })).toThrow(RangeError);
  });
});

test('a set of one class, and an empty one, still have a report', () => {
  const one = evaluate(
    { labels: [1, 1], probabilities: [0.2, 0.8, 0.6, 0.4], classCount: 2 },
    { bootstrap: { seed: 1 } },
  );
  expect(one).toMatchObject({
    auc: undefined,
    threshold: 0.5,
    accuracy: 0.5,
    confusion: [
      [0, 0],
      [1, 1],
    ],
  });
  expect(one.intervals.auc).toBeUndefined();
  expect(evaluate({ labels: [], probabilities: [], classCount: 3 })).toMatchObject({
    count: 0,
    auc: undefined,
    accuracy: undefined,
  });
  const fixed = evaluate({ labels: [0, 1], probabilities: [0.8, 0.2, 0.7, 0.3], classCount: 2 }, { threshold: 0.25 });
  expect(fixed).toMatchObject({ threshold: 0.25, accuracy: 1 });
});

test('softmax of large logits', () => {
  expect([...softmaxRows(Float32Array.of(1000, 1000, -1000, 0, 0, 0), 3)]).toEqual([
    0.5,
    0.5,
    0,
    ...new Array<number>(3).fill(Math.fround(1 / 3)),
  ]);
});
