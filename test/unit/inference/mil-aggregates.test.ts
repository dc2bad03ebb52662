import { describe, expect, it } from 'vitest';
import { aggregatePatches } from '../../../src/inference/mil/aggregate.ts';

/** Probabilities of the second of two classes, of seven patches. */
const SECOND = [0.1, 0.9, 0.4, 0.35, 0.8, 0.05, 0.6];
const patches = Float32Array.from(SECOND.flatMap((value) => [1 - value, value]));
const options = { topK: 5, quantile: 0.9 } as const;

describe('aggregates of two classes', () => {
  // By numpy: mean(p), max(p), mean(sort(p)[-5:]), quantile(p, .9); single precision holds them to 6e-8.
  it.each([
    ['mean', 0.457142857],
    ['max', 0.9],
    ['top-k', 0.61],
    ['quantile', 0.84],
  ] as const)('%s is numpy’s', (aggregate, expected) => {
    const [first, second] = aggregatePatches(patches, 2, { ...options, aggregate });
    expect(second).toBeCloseTo(expected, 6);
    expect(first).toBeCloseTo(1 - expected, 6);
  });

  it('takes all patches where there are fewer than k, and the one patch there is', () => {
    const few = Float32Array.of(0.8, 0.2, 0.4, 0.6);
    expect(aggregatePatches(few, 2, { ...options, aggregate: 'top-k' })[1]).toBeCloseTo(0.4, 6);
    for (const aggregate of ['mean', 'max', 'top-k', 'quantile'] as const)
      expect(aggregatePatches(few.subarray(0, 2), 2, { ...options, aggregate })[1]).toBeCloseTo(0.2, 6);
  });

  it('takes the ends as quantiles 0 and 1', () => {
    expect(aggregatePatches(patches, 2, { aggregate: 'quantile', topK: 5, quantile: 0 })[1]).toBeCloseTo(0.05, 6);
    expect(aggregatePatches(patches, 2, { aggregate: 'quantile', topK: 5, quantile: 1 })[1]).toBeCloseTo(0.9, 6);
  });
});

it('divides more classes by their sum', () => {
  const three = Float32Array.of(0.2, 0.3, 0.5, 0.6, 0.3, 0.1);
  const most = aggregatePatches(three, 3, { ...options, aggregate: 'max' });
  for (const [label, expected] of [0.6, 0.3, 0.5].entries()) expect(most[label]).toBeCloseTo(expected / 1.4, 6);
  const none = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  expect([...aggregatePatches(none, 3, { ...options, aggregate: 'quantile', quantile: 0 })]).toEqual([
    ...Float32Array.of(1 / 3, 1 / 3, 1 / 3),
  ]);
});
