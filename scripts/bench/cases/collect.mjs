// 300 files of 600 MB are moved into another folder of the same file system, and of another one. `plain`
// copies and unlinks, after a walk of its own for each kind of file; both sides end with the same files.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchError } from '../lib/alternate.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { row } from '../lib/rows.mjs';

export const COLLECT_CASES = {
  same: (ctx) => compareMoves(ctx, 'same'),
  across: (ctx) => compareMoves(ctx, 'across'),
};

async function compareMoves(ctx, name) {
  const disk = mkdtempSync(join(ctx.options.disk ?? tmpdir(), 'slideloom-bench-collect-'));
  const other = mkdtempSync(join(ctx.options.other ?? '/dev/shm', 'slideloom-bench-collect-'));
  try {
    if (statSync(disk).dev === statSync(other).dev)
      throw new BenchError(`${disk} and ${other} are on one file system: give --other`);
    return await measureMoves(ctx, name, { disk, target: name === 'same' ? disk : other });
  } finally {
    for (const folder of [disk, other]) rmSync(folder, { recursive: true, force: true });
  }
}

async function measureMoves(ctx, name, { disk, target }) {
  const files = ctx.quick ? 30 : 300;
  const script = join(ctx.root, 'scripts', 'bench', 'ours', 'collect.mjs');
  const side = (arm) => () => {
    const folders = [disk, target].map((folder) => mkdtempSync(join(folder, 'run-')));
    return [process.execPath, script, arm, ...folders, `${files}`, '2000000'];
  };
  const prefix = `collect.${name}`;
  const { rows, results } = await compareSides(ctx, prefix, {
    sides: { plain: side('plain'), ours: side('ours') },
    unit: 'files',
    // Across file systems both copy; ours also syncs, and reads every copy again.
    targets: name === 'same' ? { 'ours.x_per_wall_s': { atLeast: 2 } } : {},
  });
  const hashes = new Set(Object.values(results).flatMap((runs) => runs.map(({ sha256 }) => sha256)));
  const same = row(`${prefix}.difference`, hashes.size - 1, {
    unit: 'trees',
    atMost: 0,
    detail: 'more than one among what both sides left',
  });
  return [same, ...listWritten(prefix, results, name), ...rows];
}

/**
 * Bytes for each file that the process gave to write(2) and its like, without the journal and the lease of ours; rounded
 * down, because Node wakes its threads by writing 8 bytes now and then.
 */
function listWritten(prefix, results, name) {
  return Object.entries(results).map(([side, runs]) => {
    const written = runs.map(({ written_bytes: bytes, n }) => Math.floor(bytes / n));
    const detail = `of /proc/self/io, without ${runs[0].record_bytes} bytes of journal and lease in all`;
    const target = side === 'ours' && name === 'same' ? { atMost: 0 } : {};
    return row(`${prefix}.${side}.written`, written, { unit: 'bytes/file', ...target, detail });
  });
}
