import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ROOT } from './shared-data.ts';

export interface FileReport {
  readonly file: string;
  readonly milliseconds: number;
  /** Of all threads: what a busy machine does not make longer. */
  readonly cpuMilliseconds: number;
  /** `read`, or the tag of the error. */
  readonly outcome: string;
  readonly message?: string;
}

/** What a file may cost, whatever is in it. */
export const MOST_MILLISECONDS = 2000;
export const MOST_MEGABYTES = 256;
/** Time that passes on a machine where all tests run at once; a hang is longer. */
export const MOST_WALL_MILLISECONDS = 10_000;

/** Opens and reads files one after another in a process of their own, whose peak of memory is measured. Uses `dist`. */
export function readInChild(files: readonly string[]): {
  reports: FileReport[];
  peakMegabytes: number;
  /** From before the first file to the peak. */
  grownMegabytes: number;
} {
  const script = join(ROOT, 'test', 'corrupt', 'read-files.mjs');
  const child = spawnSync(process.execPath, [script, join(ROOT, 'dist'), ...files], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    timeout: 170_000,
  });
  expect(child.stderr).toBe('');
  expect(child.status).toBe(0);
  const lines = child.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { startMegabytes, peakMegabytes } = lines.pop();
  return { reports: lines, peakMegabytes, grownMegabytes: peakMegabytes - startMegabytes };
}
