import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatBytes, getUsableMemory, parseBytes } from '../../../src/utils/memory-budget.ts';
import { createMemoryMonitor, readMemory, resetPeakMemory } from '../../../src/utils/peak-memory.ts';

test.each([
  ['2GB', 2e9],
  ['512 MiB', 512 * 1024 ** 2],
  ['1.5kb', 1500],
  ['4G', 4 * 1024 ** 3],
  ['100', 100],
  ['100B', 100],
  ['.5TB', 5e11],
  [1234.9, 1234],
])('%s is %d bytes', (text, bytes) => {
  expect(parseBytes('maxMemory', text)).toBe(bytes);
});

test.each(['', 'lots', '2XB', '-1', '1e9', Number.NaN, -1, Infinity])('%s is no amount of memory', (text) => {
  expect(() => parseBytes('maxMemory', text)).toThrow(/`maxMemory`/);
});

test('bytes are printed with three digits', () => {
  expect([0, 999, 999.6, 1530e6, 2e9].map(formatBytes)).toEqual(['0 B', '999 B', '1.00 KB', '1.53 GB', '2.00 GB']);
  expect(getUsableMemory()).toBeGreaterThan(1e8);
});

test('the peak covers a block that is gone again, and a new monitor forgets it', () => {
  if (!existsSync('/proc/self/status')) return expect(readMemory().sampled).toBe(true);
  const size = 200e6;
  using first = createMemoryMonitor();
  const before = first.read();
  let block: Uint8Array | undefined = new Uint8Array(size).fill(1);
  expect(block.length).toBe(size);
  block = undefined;
  const after = first.read();
  expect(after.sampled).toBe(false);
  expect(after.peakBytes - before.currentBytes).toBeGreaterThan(0.9 * size);
  const allowed = resetPeakMemory();
  // The block may not be collected yet: then the new peak is the present size, not above it.
  if (allowed) expect(readMemory().peakBytes).toBeLessThanOrEqual(readMemory().currentBytes + 20e6);
});
