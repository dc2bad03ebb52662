import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { getPeerEnvironment } from './environment.mjs';

/** A child that failed, or did other work than the rest: the message is for the reader, without a stack. */
export class BenchError extends Error {
  expected = true;
}

/**
 * Runs commands in alternation: forward, backward, forward ... (ABBA), so that slow drifts of the machine cancel. One more
 * round at the start warms the caches; its figures are dropped and its outputs inspected.
 * @param sides `{name: (folder) => [command, ...args]}`; the folder is fresh and removed afterwards
 * @param inspect told the folders of the warm-up round, `{name: folder}`, before they are removed
 * @returns `{name: [result line of each round]}`; see `runChild` for a result line
 */
export async function alternate(sides, { rounds, tmp, log, cwd, inspect = () => {} }) {
  const results = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  const settings = { tmp, cwd, log };
  await runRound(Object.entries(sides).reverse(), { ...settings, note: 'warm-up', inspect });
  for (let round = 0; round < rounds; round += 1) {
    const order = Object.entries(sides);
    const note = `round ${round + 1} of ${rounds}`;
    const found = await runRound(round % 2 === 0 ? order : order.reverse(), { ...settings, note });
    for (const [name, result] of found) results[name].push(result);
  }
  checkSameWork(results);
  return results;
}

/** Each side once. With `inspect` all their folders are kept for it; otherwise each goes before the next side runs. */
async function runRound(sides, { tmp, cwd, log, note, inspect }) {
  const folders = {};
  const found = [];
  const clean = () => {
    for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const [name, side] of sides) {
      folders[name] = mkdtempSync(join(tmp, 'run-'));
      const result = await runChild(side(folders[name]), { cwd });
      log(`  ${note}: ${name} ${(result.n / result.cpu_s).toFixed(1)} ${result.unit}/CPU-s, ${result.peak_mb} MB`);
      found.push([name, result]);
      if (inspect === undefined) clean();
    }
    await inspect?.(folders);
  } finally {
    clean();
  }
  return found;
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

const children = new Set();

/** Ends whatever runs now with all its processes, before the bench itself ends. */
export function stopChildren() {
  for (const { pid } of children) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has just ended, or never began.
    }
  }
}

/**
 * Runs a command whose last line on stdout is a JSON object with n, wall_s, cpu_s, peak_mb, unit and versions.
 * @throws BenchError when it fails, or says anything else, or did nothing
 */
export async function runChild([command, ...args], { cwd }) {
  // A group of its own: a peer's processes end with it.
  const stdio = ['ignore', 'pipe', 'pipe'];
  const child = spawn(command, args, { cwd, env: getPeerEnvironment(), stdio, detached: true });
  children.add(child);
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
  children.delete(child);
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
