// Pixels to a model, without files: ours beside the loader of a feature extractor, read_region to a NumPy array.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild } from '../lib/alternate.mjs';
import { comparePatches, indexPatches } from '../lib/compare-patches.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { ourSide, peerSide, prepareWork, readReference, sampleWork } from '../lib/patch-work.mjs';
import { row } from '../lib/rows.mjs';

/** 256 px at 0.5 microns of a slide of 0.25; the peer resizes with Pillow's default, bicubic. */
const HALF = { size: 256, mpp: 0.5, factor: 2 };

export const BUFFER_CASES = {
  buffers512: (ctx) => compareBuffers(ctx, 'buffers512', { target: { atLeast: 5 }, difference: { atMost: 0 } }),
  half256: (ctx) => compareBuffers(ctx, 'half256', { ...HALF, target: { atLeast: 8 }, difference: { atMost: 0 } }),
  half256_fast: compareFast,
};

/** The decoder's own half size instead of exact means: another picture, so its difference is reported and not judged. */
async function compareFast(ctx) {
  const { PLAN_DEFAULTS } = await import(pathToFileURL(join(ctx.root, 'dist', 'index.js')).href);
  if ('fastDownsample' in PLAN_DEFAULTS) return compareBuffers(ctx, 'half256_fast', { ...HALF, args: ['--fast'] });
  ctx.log('half256_fast: dist/ has no fastDownsample; npm run build');
  return [];
}

async function compareBuffers(ctx, name, { size = 512, mpp, factor = 1, args = [], target = {}, difference = {} }) {
  const work = await prepareWork(ctx, 'ycbcr', { size, mpp });
  const prefix = `patches.${name}`;
  const { rows } = await compareSides(ctx, prefix, {
    sides: {
      openslide: peerSide(work, ['--format', 'none']),
      ours: ourSide(ctx, 'buffers.mjs', work, args),
    },
    unit: 'patches',
    targets: { 'ours.x_per_cpu_s': target },
  });
  return [...(await checkPixels(ctx, prefix, { work, factor, args, difference })), ...rows];
}

/** The pixels of a few patches beside those of OpenSlide under the exact box filter. */
async function checkPixels(ctx, prefix, { work, factor, args, difference }) {
  const few = sampleWork(ctx, work);
  const reference = await readReference(ctx, few, factor);
  const out = join(ctx.tmp, `kept-${prefix}`);
  mkdirSync(out);
  await runChild(ourSide(ctx, 'buffers.mjs', few, [...args, '--keep'])(out), { cwd: ctx.root });
  const { patches, largest, mean } = await comparePatches(indexPatches(reference), indexPatches(out));
  const what = `to OpenSlide's pixels${factor > 1 ? ', averaged exactly,' : ''} of ${patches} patches`;
  return [
    row(`${prefix}.difference`, largest, { unit: 'grey levels', ...difference, detail: `largest difference ${what}` }),
    row(`${prefix}.mean_difference`, mean, { unit: 'grey levels', detail: `mean difference ${what}` }),
  ];
}
