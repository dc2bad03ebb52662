// Patch files of 512 px, ours beside the loop of most pipelines: OpenSlide read_region, RGB, Pillow save.
import { comparePatches, indexPatches } from '../lib/compare-patches.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { ourSide, peerSide, prepareWork } from '../lib/patch-work.mjs';
import { row } from '../lib/rows.mjs';

/** The least ratio to the peer in patches per CPU-second. */
const TARGETS = { png512: 15, png512_level1: 8, jpg512: 4, jpg512_rgb: 2.8 };

export const FILE_CASES = {
  png512: (ctx) => compareFiles(ctx, 'png512', { format: 'png' }),
  png512_level1: (ctx) => compareFiles(ctx, 'png512_level1', { format: 'png', peerArgs: ['--png-level', '1'] }),
  jpg512: (ctx) => compareFiles(ctx, 'jpg512', { format: 'jpg' }),
  jpg512_rgb: (ctx) => compareFiles(ctx, 'jpg512_rgb', { format: 'jpg', kind: 'rgb' }),
};

async function compareFiles(ctx, name, { format, kind = 'ycbcr', peerArgs = [] }) {
  const work = await prepareWork(ctx, kind);
  const prefix = `patches.${name}`;
  const { rows } = await compareSides(ctx, prefix, {
    sides: {
      openslide: peerSide(work, ['--format', format, ...peerArgs]),
      ours: ourSide(ctx, 'patches.mjs', work, ['--format', format]),
    },
    inspect: async (folders) => [
      await checkSamePixels(prefix, indexPatches(folders.openslide), indexPatches(folders.ours)),
    ],
    unit: 'patches',
    targets: { 'ours.x_per_cpu_s': { atLeast: TARGETS[name] } },
  });
  return rows;
}

/** A speed means nothing unless both sides cut the same pixels. */
export async function checkSamePixels(prefix, theirs, ours, { peer = 'the peer', total = theirs.size } = {}) {
  const { patches, largest, equalFiles } = await comparePatches(theirs, ours);
  const bytes = equalFiles === 0 ? '' : `; ${equalFiles} files are equal byte for byte`;
  const detail = `largest difference to ${peer} in any sample of ${patches} of ${total} files${bytes}`;
  return row(`${prefix}.difference`, largest, { unit: 'grey levels', atMost: 0, detail });
}
