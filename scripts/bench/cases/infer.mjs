// ResNet-18 from the same weights on the same batch, one thread on each side; ours also with eight bits.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { BenchError } from '../lib/alternate.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { exportModel } from '../lib/onnx-models.mjs';
import { row } from '../lib/rows.mjs';
import { openTorch } from '../lib/torch-peer.mjs';

const BATCH = '32';
/** Ours may take 0.65 of the peer's CPU time. */
const TARGETS = { 'ours.x_per_cpu_s': { atLeast: 1.538 }, 'ours.x_peak_mb': { atMost: 1 } };

export const INFER_CASES = {
  resnet18_96: (ctx) => compareScores(ctx, { size: '96', usual: 20 }),
  resnet18_224: (ctx) => compareScores(ctx, { size: '224', usual: 4 }),
};

async function compareScores(ctx, { size, usual }) {
  const peer = openTorch(ctx).shared('infer_torch.py');
  const model = exportModel(ctx, `resnet18-${size}.onnx`, [...peer, '--size', size]);
  const reps = ctx.options.reps ?? `${ctx.quick ? 2 : usual}`;
  const [script, rounding] = ['infer.mjs', 'quantize.mjs'].map((name) =>
    join(ctx.root, 'scripts', 'bench', 'ours', name),
  );
  const rounded = join(ctx.tmp, `resnet18-${size}.int8.onnx`);
  const { difference } = quantize([rounding, model, rounded, BATCH, size]);
  const prefix = `infer.resnet18_${size}`;
  const { rows, results } = await compareSides(ctx, prefix, {
    sides: {
      torch: () => [...peer, '--batch', BATCH, '--size', size, '--reps', reps],
      ours: () => [process.execPath, script, model, BATCH, size, reps],
      int8: () => [process.execPath, script, rounded, BATCH, size, reps],
    },
    unit: 'images',
    targets: TARGETS,
  });
  const [theirs, mine] = [results.torch[0].mean, results.ours[0].mean];
  const detail = `of the mean scores of ${BATCH} pictures, ${mine} to ${theirs}`;
  return [
    row(`${prefix}.difference`, Math.abs(mine - theirs), { unit: 'score', atMost: 1e-5, detail }),
    row(`${prefix}.int8.difference`, difference, {
      ...{ unit: 'score', atMost: 0.02 },
      detail: 'the largest of all scores of the batch, beside ours in single precision',
    }),
    ...rows,
  ];
}

/** @returns what the script says of the model that it wrote */
function quantize(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new BenchError(`the model can't be quantised:\n${stderr}`);
  return JSON.parse(stdout);
}
