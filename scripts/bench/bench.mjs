#!/usr/bin/env node
// npm run bench -- NAME [options]: measures slideloom beside what it is compared with. See docs/benchmarks.md.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBench } from './lib/run-bench.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'benches');
process.exitCode = await runBench(process.argv.slice(2), {
  folder,
  print: (text) => process.stdout.write(`${text}\n`),
});
