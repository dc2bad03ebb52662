import { existsSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatBytes, getUsableMemory, parseBytes } from '../../../src/utils/memory-budget.ts';
import { createMemoryMonitor } from '../../../src/utils/peak-memory.ts';

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
  const size = 200e6;
  using first = createMemoryMonitor();
  if (!existsSync('/proc/self/status')) return expect(first.read().sampled).toBe(true);
  const before = first.read();
  let block: Uint8Array | undefined = new Uint8Array(size).fill(1);
  expect(block.length).toBe(size);
  block = undefined;
  const after = first.read();
  expect(after.sampled).toBe(false);
  expect(after.peakBytes - before.currentBytes).toBeGreaterThan(0.9 * size);
  using second = createMemoryMonitor();
  const { peakBytes, currentBytes } = second.read();
  // The block may not be collected yet: then the new peak is the present size, not above it.
  if (maySetPeak()) expect(peakBytes).toBeLessThanOrEqual(currentBytes + 20e6);
});

/** Some containers forbid it. */
function maySetPeak(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false;
  }
}
