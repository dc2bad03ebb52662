// Macenko's method on one image again and again, one thread each. The peer finds the stains of each image anew, as it has to for
// each patch; `apply512` is ours with the stains of the slide known.
import { join } from 'node:path';
import { compareSides } from '../lib/compare-sides.mjs';
import { peerCommand, sharedFile } from '../lib/peers.mjs';
import { compareRows, row } from '../lib/rows.mjs';

export const STAIN_SPEED_CASES = { whole512: compareWhole, apply512: compareApplying };

const INPUTS = ['golden', 'inputs'];
/** 512 x 512 pixels of tissue (TCGA), to the colours of another slide. */
const SOURCE = 'tcgacr_0.png';
const TARGET = 'tia_target.png';
/**
 * `ours` computes in float32 lanes and settles in float64 what those can't tell: the bytes are those of float64, so that the
 * targets of both apply. `plain` is TypeScript alone, what a machine without SIMD gets, and has no target.
 */
const TARGETS = {
  whole: { 'ours.x_per_cpu_s': { atLeast: 7 } },
  torch: { 'ours.x_per_cpu_s': { atLeast: 2.2 } },
  apply: { 'ours.x_per_cpu_s': { atLeast: 40 } },
};

async function compareWhole(ctx) {
  const work = chooseWork(ctx);
  const torch = findTorch(ctx, work);
  const sides = {
    numpy: () => peer(ctx, work),
    ...(torch === undefined ? {} : { torch: () => torch }),
    ...listOurs(ctx, work, 'whole'),
  };
  const prefix = 'stain.whole512';
  const { rows, results } = await compareSides(ctx, prefix, { sides, unit: 'images', targets: TARGETS.whole });
  const { numpy, torch: float32, plain, ours } = results;
  const compared = [countOthers(prefix, numpy, { plain, ours }), ...rows];
  if (float32 === undefined) return compared;
  const targets = ctx.quick ? {} : TARGETS.torch;
  const toTorch = compareRows(`${prefix}_torch`, { torch: float32, plain, ours }, { unit: 'images', targets });
  return [...compared, ...toTorch.filter(({ unit }) => unit === 'x')];
}

async function compareApplying(ctx) {
  const work = chooseWork(ctx);
  const sides = { numpy: () => peer(ctx, work), ...listOurs(ctx, work, 'apply') };
  const prefix = 'stain.apply512';
  const { rows, results } = await compareSides(ctx, prefix, { sides, unit: 'images', targets: TARGETS.apply });
  const { numpy, ...others } = results;
  return [countOthers(prefix, numpy, others), ...rows];
}

function chooseWork(ctx) {
  const [source, target] = [SOURCE, TARGET].map((name) => sharedFile(ctx.root, ...INPUTS, name));
  return { source, target, reps: ctx.options.reps ?? (ctx.quick ? '10' : '200') };
}

function peer(ctx, { source, target, reps }, modules = ['numpy', 'PIL']) {
  return [...peerCommand(ctx.root, 'macenko_numpy.py', modules), source, target, '--size', '512', '--reps', reps];
}

/** float32 and the nearest rank, so that its bytes are others. Debian has it as python3-torch. */
function findTorch(ctx, work) {
  try {
    return [...peer(ctx, work, ['numpy', 'PIL', 'torch']), '--torch'];
  } catch (error) {
    ctx.log(`without torch: ${error.message}`);
    return undefined;
  }
}

function listOurs(ctx, { source, target, reps }, mode) {
  const command = [
    process.execPath,
    join(ctx.root, 'scripts', 'bench', 'ours', 'stain.mjs'),
    mode,
    source,
    target,
    reps,
  ];
  return { plain: () => [...command, '--plain'], ours: () => command };
}

/** A side whose picture is not NumPy's, byte for byte, in any run. */
function countOthers(prefix, numpy, sides) {
  const [{ sha256, width, height }] = numpy;
  const others = Object.values(sides).filter((runs) => runs.some((run) => run.sha256 !== sha256));
  const detail = `of ${Object.keys(sides).length} give other bytes than NumPy for ${width} x ${height} pixels`;
  return row(`${prefix}.difference`, others.length, { unit: 'sides', atMost: 0, detail });
}
