#!/usr/bin/env node
// Compiles src/ to dist/ with types and kernels, from an empty dist/, so that no file of an older build can be loaded.
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

rmSync(join(root, 'dist'), { recursive: true, force: true });
const compiled = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
const kernels = spawnSync(process.execPath, [join('scripts', 'build-kernels.mjs')], { cwd: root, stdio: 'inherit' });
if (kernels.status !== 0) process.exit(kernels.status ?? 1);
chmodSync(join(root, 'dist', 'cli', 'main.js'), 0o755);
