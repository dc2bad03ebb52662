import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './shared-data.ts';

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = join(ROOT, 'dist', 'cli', 'main.js');

/** Starts the built command line in a process of its own. */
export function startCli(args: readonly string[]): { child: ChildProcess; ended: Promise<CliResult> } {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Shares of a run at which it is killed: spread evenly, or as KILL_MOMENTS says. */
export function chooseKillMoments(count: number): number[] {
  const asked = process.env['KILL_MOMENTS']?.split(',').map(Number);
  const moments = asked ?? Array.from({ length: count }, (_, i) => (i + 0.5) / count);
  return moments.map((moment) => Number(moment.toFixed(3)));
}

/** Runs the built command line to its end. */
export function runBuiltCli(args: readonly string[]): Promise<CliResult> {
  return startCli(args).ended;
}
