// Peak memory (VmHWM) of both sides; ours after 10 and 100 % of a run of many patches, and how often tiles were read in it.
import { readFileSync } from 'node:fs';
import { indexPatches } from '../lib/compare-patches.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { ourSide, peerSide, prepareWork } from '../lib/patch-work.mjs';
import { row } from '../lib/rows.mjs';
import { checkSamePixels } from './files.mjs';

const TARGETS = { 'ours.peak_mb': { atMost: 130 }, 'ours.x_peak_mb': { atMost: 0.7 } };
const GROWTH = 1.1;
const TILE = 256;
/** Smaller than a tile, so that tiles are decoded and not copied, and lie in several patches. */
const FEW = { size: 512, limit: 1500 };
const MANY = { size: 240, limit: 40_000 };

export const MEMORY_CASES = {
  png512: async (ctx) => (await compareMemory(ctx, 'png512', { kind: 'ycbcr', format: 'png', plan: FEW })).rows,
  patches40000: comparePatches40000,
};

async function compareMemory(ctx, name, { kind, format, plan }) {
  const work = await prepareWork(ctx, kind, plan);
  const prefix = `memory.${name}`;
  const { rows, results } = await compareSides(ctx, prefix, {
    sides: {
      openslide: peerSide(work, ['--format', format]),
      ours: ourSide(ctx, 'patches.mjs', work, ['--format', format]),
    },
    inspect: async ({ openslide, ours }) => [
      await checkSamePixels(prefix, indexPatches(openslide), indexPatches(ours)),
    ],
    unit: 'patches',
    targets: TARGETS,
  });
  return { rows, work, runs: results.ours };
}

async function comparePatches40000(ctx) {
  const { rows, work, runs } = await compareMemory(ctx, 'patches40000', { kind: 'huge', format: 'jpg', plan: MANY });
  const growth = runs.map(({ peaks_mb: [early], peak_mb: end }) => end / early);
  const tiles = countTiles(JSON.parse(readFileSync(work.coords, 'utf8')), work.size);
  const peaks = runs[0].peaks_mb.join(', ');
  return [
    ...rows,
    row('memory.patches40000.growth', growth, {
      unit: 'x',
      ...(ctx.quick ? {} : { atMost: GROWTH }),
      detail: `peak at the end to that at 10 % of ${runs[0].n} patches; first round: ${peaks} MB at 10, 50, 100 %`,
    }),
    row(
      'memory.patches40000.tile_reads',
      runs.map((run) => run.tiles_read / tiles),
      {
        unit: 'x',
        detail: `stored tiles read, to the ${tiles} that lie under the patches`,
      },
    ),
  ];
}

/** Distinct tiles of level 0 under these patches. */
function countTiles(coords, size) {
  const tiles = new Set();
  for (const [x, y] of coords)
    for (let top = Math.floor(y / TILE); top * TILE < y + size; top += 1)
      for (let left = Math.floor(x / TILE); left * TILE < x + size; left += 1) tiles.add(top * 1e6 + left);
  return tiles.size;
}
