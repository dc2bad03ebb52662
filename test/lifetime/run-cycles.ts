import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ROOT } from '../support/shared-data.ts';

/** A child of 700 cycles has up to 10 s of work. */
const PATIENCE_MS = 110_000;
/** KiB a cycle, of which each decodes some megabyte of tiles. A handle that is not closed costs its tables and its cache: megabytes. */
const MOST_RSS = 50;
/** The same of JavaScript objects and the buffers behind them. */
const MOST_HELD = 5;

interface Costs {
  readonly descriptors: number;
  readonly rss: number;
  readonly held: number;
}

/** Runs a script of this folder on `dist` in a process of its own that may collect its garbage. @returns what it prints */
export function runLifetimeScript(script: string, ...args: string[]): string {
  const command = ['--expose-gc', join(ROOT, 'test', 'lifetime', script), join(ROOT, 'dist'), ...args];
  const child = spawnSync(process.execPath, command, { encoding: 'utf8', timeout: PATIENCE_MS });
  expect(child.status, child.stderr).toBe(0);
  return child.stdout;
}

/** Opens, reads and closes a slide in three rounds of so many cycles: no descriptor and no memory is left behind. */
export function expectCyclesToLeaveNothing(slide: string, cycles: number, ...backend: string[]): void {
  const printed = runLifetimeScript('cycle-slides.mjs', slide, String(cycles), ...backend);
  const { rounds, openHandles } = JSON.parse(printed) as { rounds: Costs[]; openHandles: number };
  expect(openHandles).toBe(0);
  expect(new Set(rounds.map(({ descriptors }) => descriptors)).size).toBe(1);
  // A leak shows in every round; what an allocator takes once, and keeps, does not.
  const slope = (field: 'rss' | 'held') =>
    Math.min(...rounds.slice(1).map((costs, i) => costs[field] - (rounds[i]?.[field] ?? 0))) / cycles;
  expect(slope('rss')).toBeLessThan(MOST_RSS);
  expect(slope('held')).toBeLessThan(MOST_HELD);
}
