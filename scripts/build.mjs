#!/usr/bin/env node
// Compiles src/ to dist/ with types and kernels, and bundles it. The new build takes the place of the old one when it is whole: no file of
// an older build can be loaded, and a build that fails leaves the last good one.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';
import { bundlePage } from './bundle-page.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

const fresh = join(root, 'dist.new');
const old = join(root, 'dist.old');
const dist = join(root, 'dist');

rmSync(fresh, { recursive: true, force: true });
run(compiler, '-p', 'tsconfig.build.json', '--outDir', fresh);
await bundle(root, fresh);
await bundlePage(root, fresh);
run(join('scripts', 'build-kernels.mjs'), fresh);
chmodSync(join(fresh, 'cli', 'main.js'), 0o755);
rmSync(old, { recursive: true, force: true });
if (existsSync(dist)) renameSync(dist, old);
renameSync(fresh, dist);
rmSync(old, { recursive: true, force: true });

/** Ends this process where the script fails. */
function run(...command) {
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status === 0) return;
  rmSync(fresh, { recursive: true, force: true });
  process.exit(status ?? 1);
}
