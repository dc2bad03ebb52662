// Macenko's method with every array kept until a picture is done (mode naive), and with none. Both are
// slideloom's arithmetic and its pixels, so that what differs is what is kept.
import { join } from 'node:path';
import { compareSides } from '../lib/compare-sides.mjs';
import { sharedFile } from '../lib/peers.mjs';
import { row } from '../lib/rows.mjs';

export const STAIN_MEMORY_CASES = {
  arrays2048: (ctx) => compareArrays(ctx, 'arrays2048', { size: 2048, images: 1 }),
  arrays512: (ctx) => compareArrays(ctx, 'arrays512', { size: 512, images: 100 }),
};

/** At least a fifth less memory, and not slower. */
const TARGETS = { 'ours.x_peak_mb': { atMost: 0.8 }, 'ours.x_per_cpu_s': { atLeast: 1 } };

async function compareArrays(ctx, name, { size, images }) {
  const [source, target] = ['tcgacr_0.png', 'tia_target.png'].map((file) =>
    sharedFile(ctx.root, 'golden', 'inputs', file),
  );
  const script = join(ctx.root, 'scripts', 'bench', 'ours', 'stain-arrays.mjs');
  const side = (mode) => () => [process.execPath, script, mode, source, target, `${size}`, `${images}`];
  const prefix = `stain.${name}`;
  const sides = { arrays: side('naive'), ours: side('optimised') };
  const { rows, results } = await compareSides(ctx, prefix, { sides, unit: 'images', targets: TARGETS });
  const hashes = new Set(Object.values(results).flatMap((runs) => runs.map((run) => run.sha256)));
  const detail = `more than one among the pictures of both sides; ${images} x ${size} x ${size} pixels`;
  return [row(`${prefix}.difference`, hashes.size - 1, { unit: 'pictures', atMost: 0, detail }), ...rows];
}
