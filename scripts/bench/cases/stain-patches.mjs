// What it costs to normalise stains as patches are cut: JPEG files of a slide, plain, and in the colours of macenko's reference by
// the stains of the slide. Looking for these is a part of it, and for tissue a part of both.
import { compareSides } from '../lib/compare-sides.mjs';
import { ourSide, prepareWork } from '../lib/patch-work.mjs';

export const STAIN_PATCH_CASES = { patches512: comparePatches };

/** At most a quarter more CPU. */
const TARGETS = { 'ours.x_per_cpu_s': { atLeast: 0.8 } };

async function comparePatches(ctx) {
  const work = await prepareWork(ctx, 'ycbcr');
  const side = (...more) => ourSide(ctx, 'patches.mjs', work, ['--format', 'jpg', '--tissue', ...more]);
  const sides = { plain: side(), ours: side('--stain') };
  const { rows } = await compareSides(ctx, 'stain.patches512', { sides, unit: 'patches', targets: TARGETS });
  return rows;
}
