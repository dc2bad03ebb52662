import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { clipGradients } from '../../src/train/optimizers/clip-gradients.ts';
import { type ParameterGroup, resolveParameterGroups } from '../../src/train/optimizers/parameter-groups.ts';
import { createOptimizer, type OptimizerChoice } from '../../src/train/optimizers.ts';
import { createSchedule, type ScheduleChoice } from '../../src/train/schedules.ts';

type Numbers = Record<string, number[]>;
interface Reference {
  start: Numbers;
  gradients: Numbers[];
  rates: number[];
  weights: Record<string, Numbers>;
  clip: { limit: number; norm: number; gradients: Numbers }[];
  figures: number[];
  schedules: Record<string, number[]>;
}

/** Recorded by train_optimizers.py with torch 1.13. */
const reference = JSON.parse(readFileSync(new URL('train-optimizers.json', import.meta.url), 'utf8')) as Reference;
const SHAPES = new Map([
  ['layer.weight', [3, 4]],
  ['layer.bias', [3]],
]);
/** torch rounds each operation to 32 bits, we only what is kept: a few units in the last place over six steps. */
const TOLERANCE = 2e-6;

const toMap = (numbers: Numbers) =>
  new Map(Object.entries(numbers).map(([name, values]) => [name, Float32Array.from(values)]));

function expectClose(actual: ReadonlyMap<string, Float32Array>, expected: Numbers): void {
  for (const [name, values] of Object.entries(expected))
    for (const [i, value] of values.entries()) {
      const difference = Math.abs((actual.get(name)?.[i] ?? Number.NaN) - value);
      expect(difference, `${name}[${i}]`).toBeLessThanOrEqual(TOLERANCE * Math.max(1, Math.abs(value)));
    }
}

const groups: ParameterGroup[] = [
  { match: /weight$/, weightDecay: 0.1, rateScale: 0.5 },
  { match: ['layer.bias'], weightDecay: 0, rateScale: 2 },
];
const OPTIMIZERS: Record<string, { choice: OptimizerChoice; weightDecay: number; groups?: ParameterGroup[] }> = {
  adamw: { choice: { name: 'adamw' }, weightDecay: 0.01 },
  'adamw-other-numbers': {
    choice: { name: 'adamw', beta1: 0.8, beta2: 0.95, epsilon: 1e-4 },
    weightDecay: 0.2,
  },
  'adamw-groups': { choice: { name: 'adamw' }, weightDecay: 0.01, groups },
  sgd: { choice: { name: 'sgd' }, weightDecay: 0 },
  'sgd-plain': { choice: { name: 'sgd', momentum: 0 }, weightDecay: 0.05 },
  'sgd-nesterov': { choice: { name: 'sgd', momentum: 0.8, nesterov: true }, weightDecay: 0.1 },
};

describe('optimisers, against torch over six steps', () => {
  test('all that were recorded', () => {
    expect(Object.keys(OPTIMIZERS)).toEqual(Object.keys(reference.weights));
  });

  test.each(Object.entries(OPTIMIZERS))('%s', (name, { choice, ...options }) => {
    const weights = toMap(reference.start);
    const optimizer = createOptimizer(weights, resolveParameterGroups(SHAPES, options), choice);
    for (const [step, gradients] of reference.gradients.entries())
      optimizer.step(toMap(gradients), reference.rates[step] ?? 0);
    expectClose(weights, reference.weights[name] ?? {});
    expect(optimizer.steps).toBe(6);
  });

  test('a wrong number is seen', () => {
    const weights = toMap(reference.start);
    const settings = resolveParameterGroups(SHAPES, { weightDecay: 0.01 });
    const optimizer = createOptimizer(weights, settings, { name: 'adamw', beta2: 0.998 });
    for (const [step, gradients] of reference.gradients.entries())
      optimizer.step(toMap(gradients), reference.rates[step] ?? 0);
    expect(() => expectClose(weights, reference.weights['adamw'] ?? {})).toThrow();
  });

  test.each(reference.clip)('gradients clipped to $limit', ({ limit, norm, gradients }) => {
    const own = toMap(reference.gradients[0] ?? {});
    expect(clipGradients(own, limit)).toBeCloseTo(norm, 5);
    expectClose(own, gradients);
  });
});

const plateau = { name: 'plateau', rate: 0.1, factor: 0.5, patience: 1 } as const;
const SCHEDULES: Record<string, ScheduleChoice> = {
  cosine: { name: 'cosine', rate: 0.1, totalSteps: 20, minRate: 0.001 },
  'cosine-warm-up': { name: 'cosine', rate: 0.1, totalSteps: 20, warmUpSteps: 5, minRate: 0.001 },
  step: { name: 'step', rate: 0.1, dropEpochs: 3, factor: 0.5 },
  'step-at': { name: 'step', rate: 0.1, dropEpochs: [2, 7] },
  plateau,
  'plateau-cool-down': { ...plateau, coolDown: 2, minRate: 0.02 },
  'plateau-max': { ...plateau, mode: 'max', factor: 0.1, patience: 2, threshold: 0.01 },
};

describe('schedules, against torch', () => {
  test.each(Object.entries(reference.schedules))('%s', (name, expected) => {
    const choice = SCHEDULES[name];
    if (!choice) throw new Error(`no schedule for ${name}`);
    const schedule = createSchedule(choice);
    const rates = expected.map((_, time) => {
      const rate = schedule.getRate({ step: time, epoch: time });
      schedule.observe(reference.figures[time] ?? 0);
      return rate;
    });
    for (const [time, rate] of expected.entries()) expect(rates[time], `time ${time}`).toBeCloseTo(rate, 12);
  });
});
