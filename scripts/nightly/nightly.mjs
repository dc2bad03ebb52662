#!/usr/bin/env node
// npm run nightly [-- PART [NAME ...]]: what takes minutes, or programs that CI's own machine lacks. Ends with 1 where a part fails.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PARTS = {
  torchvision: 'train-torchvision.mjs',
  'npm-models': 'train-npm-models.mjs',
  webgpu: 'train-on-webgpu.mjs',
  cohort: 'cohort.mjs',
};

const [only, ...names] = process.argv.slice(2);
if (only !== undefined && !(only in PARTS))
  throw new Error(`expected a part (${Object.keys(PARTS).join(', ')}): ${only}`);
for (const [part, file] of Object.entries(PARTS)) {
  if (only !== undefined && part !== only) continue;
  const script = join(dirname(fileURLToPath(import.meta.url)), file);
  const { status } = spawnSync(process.execPath, [script, ...names], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
