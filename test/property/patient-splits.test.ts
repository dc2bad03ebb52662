import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkLeak } from '../../src/train/data/check-leak.ts';
import { countLabels } from '../../src/train/data/class-names.ts';
import type { Example } from '../../src/train/data/example.ts';
import { chooseFold, splitByPatient } from '../../src/train/data/split-patients.ts';
import { DatasetError } from '../../src/utils/errors.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const patients = fc.array(
  fc.record({ count: fc.integer({ min: 1, max: 30 }), positive: fc.double({ min: 0, max: 1, noNaN: true }) }),
  {
    minLength: 2,
    maxLength: 40,
  },
);
const createExamples = (plan: { count: number; positive: number }[]) =>
  plan.flatMap(({ count, positive }, patient) =>
    Array.from({ length: count }, (_, i): Example => {
      return { path: `${patient}-${i}`, label: i < positive * count ? 1 : 0, patient: `p${patient}`, slide: undefined };
    }),
  );

test('every example has one fold, no fold is empty, no patient is in two, and the seed decides', () => {
  fc.assert(
    fc.property(patients, fc.integer({ min: 2, max: 10 }), fc.integer(), (plan, folds, seed) => {
      fc.pre(plan.length >= folds);
      const examples = createExamples(plan);
      const places = splitByPatient(examples, { folds, seed });
      expect(places).toHaveLength(examples.length);
      expect(new Set(places).size).toBe(folds);
      expect(splitByPatient(examples, { folds, seed })).toEqual(places);
      for (let fold = 0; fold < folds; fold++) {
        const { train, validation } = chooseFold(examples, places, fold);
        expect(train.length + validation.length).toBe(examples.length);
        expect(checkLeak(train, validation, 'split')).toContain('patient');
      }
    }),
    { numRuns: 60 },
  );
});

test('folds have about the same share of each class', () => {
  const random = createSeededRandom('patients');
  const examples = createExamples(
    Array.from({ length: 90 }, () => ({ count: random.integer(5, 65), positive: random.uniform() ** 2 })),
  );
  const places = splitByPatient(examples, { folds: 5, seed: 42 });
  const [all0 = 0, all1 = 0] = countLabels(examples, 2);
  for (let fold = 0; fold < 5; fold++) {
    const [own0 = 0, own1 = 0] = countLabels(chooseFold(examples, places, fold).validation, 2);
    expect(own0 / all0).toBeGreaterThan(0.19);
    expect(own0 / all0).toBeLessThan(0.21);
    expect(own1 / all1).toBeGreaterThan(0.19);
    expect(own1 / all1).toBeLessThan(0.21);
  }
});

test('slides stand in for patients, pictures do not', () => {
  const make = (slide: string | undefined): Example => ({ path: '/a.png', label: 0, patient: undefined, slide });
  expect(splitByPatient([make('s1'), make('s1'), make('s2')], { folds: 2, seed: 1 })).toHaveLength(3);
  expect(() => splitByPatient([make(undefined)], { folds: 2, seed: 1 })).toThrow(
    expect.objectContaining({ reason: 'no-patient' }),
  );
  expect(() => splitByPatient([make('s1')], { folds: 2, seed: 1 })).toThrow(DatasetError);
});
