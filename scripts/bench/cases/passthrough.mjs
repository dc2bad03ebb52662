// Patches that are stored JPEG tiles, which we copy as they are; the peer decodes and encodes them.
import { indexPatches } from '../lib/compare-patches.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { ourSide, peerSide, prepareWork, readReference, sampleWork } from '../lib/patch-work.mjs';
import { checkSamePixels } from './files.mjs';

export const PASSTHROUGH_CASES = { passthrough256: comparePassthrough };

async function comparePassthrough(ctx) {
  // The peer's grid begins at 0, 0 and has the step of the tiles: each patch is a tile.
  const work = await prepareWork(ctx, 'ycbcr', { size: 256 });
  const prefix = 'patches.passthrough256';
  const { rows } = await compareSides(ctx, prefix, {
    sides: {
      openslide: peerSide(work, ['--format', 'jpg']),
      ours: ourSide(ctx, 'patches.mjs', work, ['--format', 'jpg']),
    },
    inspect: async (folders) => {
      // Encoded again, as at the peer, a file would differ from the stored tile's own pixels.
      const stored = indexPatches(await readReference(ctx, sampleWork(ctx, work)));
      const all = indexPatches(folders.ours);
      const ours = new Map([...all].filter(([place]) => stored.has(place)));
      return [await checkSamePixels(prefix, stored, ours, { peer: 'the stored tile', total: all.size })];
    },
    unit: 'patches',
    targets: { 'ours.x_per_cpu_s': { atLeast: 50 } },
  });
  return rows;
}
