// The runner: finds the bench, runs it in a temporary folder, prints its rows, writes them as JSON, judges them.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { stopChildren } from './alternate.mjs';
import { recordResult } from './docs.mjs';
import { describeMachine } from './machine.mjs';
import { checkRow, formatRows } from './rows.mjs';

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
/** Where results are recorded for the reader. */
export const DOCS = { results: join(ROOT, 'docs', 'benchmarks.json'), page: join(ROOT, 'docs', 'benchmarks.md') };
/** Every bench has these; a bench adds its own as `options`. */
const COMMON = {
  json: { type: 'string', describe: 'FILE: also write the rows there, as bench/v1' },
  rounds: { type: 'string', describe: 'N: rounds that count, each side once a round; even is fairest' },
  quick: { type: 'boolean', describe: 'small input and few rounds: to see that it runs, not to quote' },
  docs: { type: 'boolean', describe: 'record the rows in docs/benchmarks.json and docs/benchmarks.md' },
  tmp: { type: 'string', describe: 'DIR: folder of inputs and outputs, in memory by default where they fit' },
  help: { type: 'boolean', describe: 'this text' },
};
const EXIT = { met: 0, missed: 1, usage: 2, broken: 3 };

class UsageError extends Error {}

/** @returns the exit code: 0 all targets met, 1 one missed, 2 usage, 3 the bench could not be run. */
export async function runBench(argv, { folder, print, docs = DOCS }) {
  try {
    return await dispatch(argv, { folder, print, docs });
  } catch (error) {
    const usage = error instanceof UsageError || `${error.code}`.startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`bench: ${usage || error.expected ? error.message : error.stack}\n`);
    return usage ? EXIT.usage : EXIT.broken;
  }
}

async function dispatch([name, ...rest], { folder, print, docs }) {
  const names = listBenches(folder);
  if (name === '--list') {
    for (const one of names) print(`${one.padEnd(12)} ${(await loadBench(folder, one)).describe}`);
    return EXIT.met;
  }
  if (name === '--help') {
    print(await describeAll(folder, names));
    return EXIT.met;
  }
  if (name === 'all') return runAll(names, rest, { folder, print, docs });
  if (!names.includes(name)) throw new UsageError(`${name ?? 'no name'}: the benches are ${names.join(', ')}, all`);
  const bench = await loadBench(folder, name);
  const declared = { ...COMMON, ...bench.options };
  const { values } = parseArgs({ args: rest, options: toParseOptions(declared), strict: true });
  if (values.help) {
    print(`bench ${name}: ${bench.describe}\n${describeOptions(declared)}`);
    return EXIT.met;
  }
  if (values.docs && values.quick) throw new UsageError('--docs records figures to quote: leave out --quick');
  return measure(bench, values, { print, docs });
}

/** Each in turn, whatever becomes of the others. @returns the worst exit code */
async function runAll(names, rest, where) {
  if (rest.some((word) => word.startsWith('--json'))) throw new UsageError('--json is for one bench; all have --docs');
  let worst = EXIT.met;
  for (const name of names) worst = Math.max(worst, await runBench([name, ...rest], where));
  return worst;
}

async function measure(bench, values, { print, docs }) {
  const { versions, rows } = await runInFolder(bench, values);
  const checked = rows.map(checkRow);
  const machine = describeMachine();
  print(`${bench.name} on ${machine.cpu}, ${machine.cores} cores, ${machine.memory_gb} GB`);
  print(formatRows(checked));
  const result = { schema: 'bench/v1', name: bench.name, machine, versions, rows: checked };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  if (values.docs) recordResult(docs, result, { cases: values.case?.split(',') });
  const missed = checked.filter((row) => row.met === false);
  if (missed.length > 0) print(`missed: ${missed.map((row) => row.figure).join(', ')}`);
  return missed.length > 0 ? EXIT.missed : EXIT.met;
}

/** Runs a bench with a folder of its own and removes it whatever happens. */
async function runInFolder(bench, values) {
  const rounds = readRounds(values);
  const tmp = mkdtempSync(join(values.tmp ?? chooseFolder(bench.space), 'slideloom-bench-'));
  const clean = () => rmSync(tmp, { recursive: true, force: true, maxRetries: 3 });
  const stop = (signal) => {
    stopChildren();
    clean();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const log = (text) => process.stderr.write(`${text}\n`);
    const versions = { node: process.versions.node, slideloom: readVersion() };
    const rows = await bench.run({
      root: ROOT,
      tmp,
      rounds,
      quick: values.quick === true,
      options: values,
      versions,
      log,
    });
    return { versions, rows };
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    clean();
  }
}

/** In memory where there is a file system for it that `space` bytes leave mostly empty: disks differ more than programs. */
function chooseFolder(space = 2e9) {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 3 * space ? memory : tmpdir();
}

function readRounds({ rounds, quick }) {
  const asked = Number(rounds ?? (quick ? 2 : 6));
  if (Number.isInteger(asked) && asked >= 1) return asked;
  throw new UsageError(`expected an integer of at least 1 for --rounds but received ${rounds}`);
}

function readVersion() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
}

function listBenches(folder) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.mjs'));
  return files.map((file) => file.slice(0, -'.mjs'.length)).sort();
}

async function loadBench(folder, name) {
  return import(pathToFileURL(join(folder, `${name}.mjs`)).href);
}

async function describeAll(folder, names) {
  const benches = await Promise.all(names.map((name) => loadBench(folder, name)));
  const list = benches.map((bench) => `  ${bench.name.padEnd(12)} ${bench.describe}`).join('\n');
  return `npm run bench -- NAME|all [options]\n\n${list}\n\n${describeOptions(COMMON)}\n  --list         names only`;
}

function describeOptions(options) {
  const lines = Object.entries(options).map(([name, { describe }]) => `  --${name.padEnd(12)} ${describe}`);
  return lines.join('\n');
}

function toParseOptions(declared) {
  return Object.fromEntries(Object.entries(declared).map(([name, { type }]) => [name, { type }]));
}
