// From a slide to features on the disk with the same network on the same cores, beside the loop of CLAM and TRIDENT.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../lib/alternate.mjs';
import { compareFeatures } from '../lib/compare-features.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { exportModel } from '../lib/onnx-models.mjs';
import { prepareWork, sampleWork } from '../lib/patch-work.mjs';
import { median, row } from '../lib/rows.mjs';
import { openTorch } from '../lib/torch-peer.mjs';

const SIDE = 224;
const FEATURE_FILE = 'features.npy';
/** 20x patches of a 40x slide, as foundation models want them. */
const MPP = 0.5;
/** `patches`: some seconds of work. `network`: of peers/embed_torch.py. */
const CASES = {
  mobilenet: { network: 'mobilenet', cores: 2, patches: 800 },
  resnet18: { network: 'resnet18', cores: 2, patches: 160 },
  vit: { network: 'vit', cores: 2, patches: 96 },
  mobilenet_1core: { network: 'mobilenet', cores: 1, patches: 400 },
  resnet18_1core: { network: 'resnet18', cores: 1, patches: 96 },
};
const TARGETS = { 'ours.x_per_wall_s': { atLeast: 2 }, 'ours.x_peak_mb': { atMost: 0.6 } };
/** How far features of the same pixels may be apart, to how far those of the patches are: rounding in another order. */
const FEATURES = 1e-3;
/** Patches whose features are compared. */
const COMPARED = 16;
/** Of the time of cutting and of the model, each by itself. */
const PARTS = 1.1;

export const EMBED_CASES = Object.fromEntries(
  Object.entries(CASES).map(([name, work]) => [name, (ctx) => compareEmbedding(ctx, name, work)]),
);

async function compareEmbedding(ctx, name, { network, cores, patches }) {
  const own = { ...ctx, options: { ...ctx.options, limit: ctx.options.limit ?? `${ctx.quick ? 32 : patches}` } };
  const work = await prepareWork(own, 'ycbcr', { size: SIDE, mpp: MPP });
  const sides = createSides(ctx, { network, cores, work });
  const prefix = `embed.${name}`;
  const difference = await checkFeatures(ctx, prefix, { network, cores, work });
  const { rows, results } = await compareSides(ctx, prefix, { sides, unit: 'patches', targets: TARGETS });
  const kept = rows.filter(({ figure }) => !/\.(decode|model)\.(x_|peak_mb)/.test(figure));
  return [difference, ...kept, ...compareParts(ctx, prefix, results)];
}

function createSides(ctx, { network, cores, work: { slide, coords, mpp } }) {
  const torch = openTorch(ctx).own('embed_torch.py');
  const model = exportModel(ctx, `${network}.onnx`, [...torch, '--model', network]);
  // With as many loaders as cores the peer is fastest on two; on one, loading by itself.
  const loaders = cores === 1 ? '0' : `${cores}`;
  const cpus = ['taskset', '-c', cores === 1 ? '0' : `0-${cores - 1}`];
  const what = ['--coords', coords, ...(mpp === undefined ? [] : ['--mpp', `${mpp}`])];
  const theirs = [...torch, slide, '--model', network, ...what, '--loaders', loaders, '--threads', `${cores}`];
  const script = join(ctx.root, 'scripts', 'bench', 'ours', 'embed.mjs');
  const settings = ['--model', model, '--threads', `${cores}`, ...what];
  const ours = (out, ...part) => [...cpus, process.execPath, script, slide, out, ...settings, ...part];
  return {
    torch: (out) => [...cpus, ...theirs, '--out', join(out, FEATURE_FILE)],
    ours: (out) => ours(out),
    decode: (out) => ours(out, '--part', 'decode'),
    model: (out) => ours(out, '--part', 'model'),
  };
}

/** Of level-0 pixels, which are the same on both sides: at other microns the peer's are bicubic and ours exact means. */
async function checkFeatures(ctx, prefix, { network, cores, work }) {
  const few = { ...sampleWork(ctx, work, COMPARED), mpp: undefined };
  const { torch, ours } = createSides(ctx, { network, cores, work: few });
  const out = mkdtempSync(join(ctx.tmp, 'features-'));
  for (const side of [torch, ours]) await runChild(side(out), { cwd: ctx.root });
  const { difference, rows, columns } = compareFeatures(join(out, FEATURE_FILE), out);
  return row(`${prefix}.difference`, difference, {
    ...{ unit: 'of the spread', atMost: FEATURES },
    detail: `the largest difference of ${rows} x ${columns} features of the same pixels, to how far the patches' are apart`,
  });
}

/** Time of the whole to that of cutting and of the model, each by itself on the same cores. */
function compareParts(ctx, prefix, { ours, decode, model }) {
  return ['wall_s', 'cpu_s'].map((metric) => {
    const values = ours.map((run, round) => run[metric] / (decode[round][metric] + model[round][metric]));
    const [whole, cut, think] = [ours, decode, model].map((runs) => median(runs.map((run) => run[metric])).toFixed(2));
    return row(`${prefix}.x_parts_${metric}`, values, {
      ...{ unit: 'x', detail: `${whole} s to ${cut} s of cutting and ${think} s of the model` },
      ...(ctx.quick || metric === 'cpu_s' ? {} : { atMost: PARTS }),
    });
  });
}
