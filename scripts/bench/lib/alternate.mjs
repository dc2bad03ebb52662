import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A child that failed, or did other work than the rest: the message is for the reader, without a stack. */
export class BenchError extends Error {
  expected = true;
}

/**
 * Runs commands in alternation: forward, backward, forward ... (ABBA), so that slow drifts of the machine cancel. One more
 * round at the start warms the caches and is dropped.
 * @param sides `{name: (folder) => [command, ...args]}`; the folder is fresh and removed afterwards
 * @returns `{name: [result line of each round]}`; see `runChild` for a result line
 */
export async function alternate(sides, { rounds, tmp, log, cwd }) {
  const names = Object.keys(sides);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const result = await runSide(sides[name], tmp, cwd);
      const note = round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`;
      log(`  ${note}: ${name} ${(result.n / result.cpu_s).toFixed(1)} ${result.unit}/CPU-s, ${result.peak_mb} MB`);
      if (round >= 0) results[name].push(result);
    }
  }
  checkSameWork(results);
  return results;
}

async function runSide(side, tmp, cwd) {
  const folder = mkdtempSync(join(tmp, 'run-'));
  try {
    return await runChild(side(folder), { cwd });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function checkSameWork(results) {
  const counts = Object.entries(results).map(([name, runs]) => [
    name,
    [...new Set(runs.map((run) => `${run.n} ${run.unit}`))],
  ]);
  if (new Set(counts.flatMap(([, all]) => all)).size > 1)
    throw new BenchError(
      `the sides did not do the same work: ${counts.map(([name, all]) => `${name} ${all.join(', ')}`).join('; ')}`,
    );
}

/**
 * Runs a command whose last line on stdout is a JSON object with n, wall_s, cpu_s, peak_mb, unit and versions.
 * @throws BenchError when it fails, or says anything else, or did nothing
 */
export async function runChild([command, ...args], { cwd }) {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said.err = (said.err + text).slice(-4000);
  });
  const code = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (status, signal) => resolve(status ?? signal));
  });
  if (code !== 0) throw new BenchError(`${command} ${args[0] ?? ''} ended with ${code}:\n${said.err}`);
  return parseResult(said.out.trimEnd().split('\n').at(-1) ?? '', args[0] ?? command);
}

function parseResult(line, name) {
  let result;
  try {
    result = JSON.parse(line);
  } catch {
    throw new BenchError(`the last line of ${name} is no result: ${line.slice(0, 200)}`);
  }
  for (const field of ['n', 'wall_s', 'cpu_s', 'peak_mb'])
    if (!(result[field] > 0)) throw new BenchError(`${name} says ${result[field]} for ${field}`);
  return result;
}
