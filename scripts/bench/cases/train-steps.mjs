// Steps of training from the same weights on the same batch: forward, backward and AdamW, one thread on each side.
import { join } from 'node:path';
import { compareSides } from '../lib/compare-sides.mjs';
import { exportModel } from '../lib/onnx-models.mjs';
import { row } from '../lib/rows.mjs';
import { openTorch } from '../lib/torch-peer.mjs';

/**
 * `time` is the longest that ours may take, as a share of the peer's CPU time. `steps` is about two seconds of work. `loss`
 * is how far the last losses may be apart, as a share: rounding, which deep nets with batch normalisation blow up.
 */
const MODELS = {
  abmil: { shape: [1000, 1024], rows: 1, first: 1, time: 0.75, steps: 60, loss: 1e-4 },
  cnn: { shape: [32, 3, 96, 96], rows: 32, time: 1, steps: 20, loss: 5e-3 },
  vit: { shape: [8, 3, 224, 224], rows: 8, time: 0.85, steps: 4, loss: 1e-3 },
  resnet18: { shape: [32, 3, 96, 96], rows: 32, time: 1.2, steps: 8, loss: 5e-3 },
};
/** Models of train_torch.py; the others are in peers/train_nets.py. */
const SHARED = ['abmil', 'cnn'];

export const TRAIN_STEP_CASES = Object.fromEntries(
  Object.keys(MODELS).map((name) => [name, (ctx) => compareSteps(ctx, name)]),
);

async function compareSteps(ctx, name) {
  const { shape, rows: count, first = 0, time, steps: usual, loss } = MODELS[name];
  const steps = ctx.options.steps ?? `${ctx.quick ? 2 : usual}`;
  const peer = getPeer(ctx, name);
  const model = exportModel(ctx, `${name}.onnx`, peer);
  const target = JSON.stringify({ rows: count, first });
  const script = join(ctx.root, 'scripts', 'bench', 'ours', 'train.mjs');
  const prefix = `train.${name}`;
  const { rows, results } = await compareSides(ctx, prefix, {
    sides: {
      torch: () => [...peer, '--steps', steps],
      ours: () => [process.execPath, script, model, steps, JSON.stringify(shape), target],
    },
    unit: 'steps',
    targets: { 'ours.x_per_cpu_s': { atLeast: round(1 / time) }, 'ours.x_peak_mb': { atMost: 1 } },
  });
  const [theirs, exact] = [results.torch[0].loss, results.ours[0].loss];
  // The shared peer says six decimals: of a loss that is learnt away the rounding would be most of the difference.
  const mine = SHARED.includes(name) ? Math.round(exact * 1e6) / 1e6 : exact;
  const detail = `of the losses of the last step, ${mine} to ${theirs}; ${results.torch[0].parameters} weights`;
  const difference = Math.abs(mine - theirs) / Math.abs(theirs);
  return [row(`${prefix}.difference`, difference, { unit: 'of the loss', atMost: loss, detail }), ...rows];
}

function getPeer(ctx, name) {
  const torch = openTorch(ctx);
  return SHARED.includes(name)
    ? torch.shared('train_torch.py', '--model', name)
    : torch.own('train_nets.py', '--model', name);
}

function round(value) {
  return Math.round(value * 1e3) / 1e3;
}
