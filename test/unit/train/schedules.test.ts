import { expect, test } from 'vitest';
import { createEarlyStopping } from '../../../src/train/early-stopping.ts';
import { createSchedule, type ScheduleChoice } from '../../../src/train/schedules.ts';
import { OptionError } from '../../../src/utils/errors.ts';

test('a rise over the first steps, whatever follows', () => {
  const others = [
    { name: 'constant', rate: 1, warmUpSteps: 4 },
    { name: 'step', rate: 1, dropEpochs: 9, warmUpSteps: 4 },
    { name: 'plateau', rate: 1, warmUpSteps: 4 },
    { name: 'cosine', rate: 1, totalSteps: 100, warmUpSteps: 4 },
  ] as const;
  for (const choice of others) {
    const schedule = createSchedule(choice);
    expect([0, 1, 2, 3, 4].map((step) => schedule.getRate({ step, epoch: 0 }))).toEqual([0.25, 0.5, 0.75, 1, 1]);
  }
});

test('a cosine ends at its least rate and stays there', () => {
  const schedule = createSchedule({ name: 'cosine', rate: 1, totalSteps: 10 });
  expect(schedule.getRate({ step: 10, epoch: 0 })).toBeCloseTo(1e-6, 15);
  expect(schedule.getRate({ step: 99, epoch: 0 })).toBeCloseTo(1e-6, 15);
});

test('a plateau goes on from its state', () => {
  const choice: ScheduleChoice = { name: 'plateau', rate: 1, patience: 0, factor: 0.5, coolDown: 1 };
  const one = createSchedule(choice);
  const other = createSchedule(choice);
  for (const figure of [1, 2, 3]) one.observe(figure);
  other.restore(structuredClone(one.state));
  for (const figure of [4, Number.NaN, 0.5, 0.7]) {
    one.observe(figure);
    other.observe(figure);
    expect(other.state).toEqual(one.state);
  }
  expect(one.getRate({ step: 0, epoch: 0 })).toBeLessThan(1);
  expect(() => other.restore({ rate: 1 })).toThrow(OptionError);
});

test('numbers out of range', () => {
  expect(() => createSchedule({ name: 'cosine', rate: 0, totalSteps: 3 })).toThrow(OptionError);
  expect(() => createSchedule({ name: 'cosine', rate: 1, totalSteps: 3, warmUpSteps: 3 })).toThrow(OptionError);
  expect(() => createSchedule({ name: 'step', rate: 1, dropEpochs: [0] })).toThrow(OptionError);
  expect(() => createSchedule({ name: 'slope', rate: 1 } as unknown as ScheduleChoice)).toThrow(OptionError);
});

test('a run ends after so many epochs without progress', () => {
  const stop = createEarlyStopping({ patience: 2, mode: 'max', leastChange: 0.01 });
  expect([0.5, 0.6, 0.605, Number.NaN].map((figure, epoch) => stop.observe(figure, epoch))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(stop.state).toEqual({ best: 0.6, bestEpoch: 1, badEpochs: 2 });
  expect(stop.shouldStop).toBe(true);
  const other = createEarlyStopping({ patience: 3, mode: 'max' });
  other.restore(stop.state);
  expect(other.shouldStop).toBe(false);
  expect(other.observe(0.7, 4)).toBe(true);
  const falling = createEarlyStopping({ patience: 1, mode: 'min' });
  expect([3, 2, 2].map((figure, epoch) => falling.observe(figure, epoch))).toEqual([true, true, false]);
});
