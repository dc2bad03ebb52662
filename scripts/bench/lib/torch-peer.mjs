import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BenchError } from './alternate.mjs';
import { peerCommand } from './peers.mjs';

/** Where Debian's libopenblas0-pthread lies. */
const OPENBLAS = { x64: '/usr/lib/x86_64-linux-gnu', arm64: '/usr/lib/aarch64-linux-gnu' };

/**
 * The commands of torch's side, with OpenBLAS whatever the system's choice is: with the reference BLAS, which Debian's torch
 * gets by itself, matrix products take 25 times as long, and every comparison would be won.
 * @returns `shared(script, ...args)` for a script of shared/bench; `own(script, ...args)` for one of ours, which is told
 * the folder of those first
 * @throws BenchError where torch or OpenBLAS is missing
 */
export function openTorch(ctx) {
  const [python, script] = peerCommand(ctx.root, 'train_torch.py', ['torch']);
  const shared = dirname(script);
  const folder = join(OPENBLAS[process.arch] ?? '', 'openblas-pthread');
  if (!existsSync(folder)) throw new BenchError('libopenblas0-pthread is missing: torch would be many times slower');
  const version = /-r([\d.]+)\.so/.exec(readdirSync(folder).join(' '))?.[1];
  Object.assign(ctx.versions, version === undefined ? {} : { openblas: version });
  const start = ['/usr/bin/env', `LD_LIBRARY_PATH=${folder}`, python];
  return {
    shared: (name, ...args) => [...start, join(shared, name), ...args],
    own: (name, ...args) => [...start, join(ctx.root, 'scripts', 'bench', 'peers', name), shared, ...args],
  };
}
