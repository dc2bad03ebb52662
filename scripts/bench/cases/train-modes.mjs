// What a training holds of its steps: nothing, or their tensors to the end of the epoch. Both are slideloom's loop and its step,
// so that what differs is what is kept, and the weights have to be the same.
import { join } from 'node:path';
import { compareSides } from '../lib/compare-sides.mjs';
import { row } from '../lib/rows.mjs';

const BAGS = 2000;
const EPOCHS = 3;

export const TRAIN_MODE_CASES = { b21: compareModes };

/** Three tenths less memory; speed is told. */
const TARGETS = { 'ours.x_peak_mb': { atMost: 0.7 } };

async function compareModes(ctx) {
  const bags = ctx.quick ? 200 : BAGS;
  const script = join(ctx.root, 'scripts', 'bench', 'ours', 'train-modes.mjs');
  const side = (mode) => () => [process.execPath, script, mode, `${bags}`, `${EPOCHS}`];
  const sides = { retained: side('naive'), ours: side('optimised') };
  const { rows, results } = await compareSides(ctx, 'train.b21', { sides, unit: 'steps', targets: TARGETS });
  const hashes = new Set(Object.values(results).flatMap((runs) => runs.map((run) => run.sha256)));
  const [kept, own] = [results.retained[0].buffers, results.ours[0].buffers];
  const detail = `more than one among the weights of both sides; ${bags} bags of 64 x 384, ${EPOCHS} epochs; buffers for bags: ${kept}, ours ${own}`;
  return [row('train.b21.difference', hashes.size - 1, { unit: 'hashes', atMost: 0, detail }), ...rows];
}
