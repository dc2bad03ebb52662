import { expect, test } from 'vitest';
import { listenForInterrupt } from '../../../src/utils/interrupt.ts';

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('the first %s asks, the second ends the process with %d', (name, code) => {
  const before = process.listenerCount(name);
  const told: string[] = [];
  const exits: number[] = [];
  {
    using interrupt = listenForInterrupt({ onFirst: (first) => told.push(first), exit: (exit) => exits.push(exit) });
    process.emit(name, name);
    expect(interrupt.signal.reason).toMatchObject({ tag: 'aborted', message: `stopped by ${name}` });
    expect(exits).toEqual([]);
    process.emit(name, name);
  }
  expect(told).toEqual([name]);
  expect(exits).toEqual([code]);
  expect(process.listenerCount(name)).toBe(before);
});
