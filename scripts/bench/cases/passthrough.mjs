// Patches that are stored JPEG tiles, which we copy as they are; the peer decodes and encodes them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { indexPatches } from '../lib/compare-patches.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { ourSide, peerSide, prepareWork, readReference, sampleWork } from '../lib/patch-work.mjs';
import { checkSamePixels } from './files.mjs';

/** The peer writes files in each of them. */
export const PASSTHROUGH_CASES = {
  passthrough256: (ctx) => comparePassthrough(ctx, 'passthrough256', { target: 50 }),
  passthrough256_unchecked: (ctx) => comparePassthrough(ctx, 'passthrough256_unchecked', { args: ['--unchecked'] }),
  passthrough256_shards: (ctx) => comparePassthrough(ctx, 'passthrough256_shards', { args: ['--shards'] }),
};

async function comparePassthrough(ctx, name, { target, args = [] }) {
  // The peer's grid begins at 0, 0 and has the step of the tiles: each patch is a tile.
  const work = await prepareWork(ctx, 'ycbcr', { size: 256 });
  const prefix = `patches.${name}`;
  const { rows } = await compareSides(ctx, prefix, {
    sides: {
      openslide: peerSide(work, ['--format', 'jpg']),
      ours: ourSide(ctx, 'patches.mjs', work, ['--format', 'jpg', ...args]),
    },
    inspect: async (folders) => {
      // Encoded again, as at the peer, a file would differ from the stored tile's own pixels.
      const stored = indexPatches(await readReference(ctx, sampleWork(ctx, work)));
      const packed = args.includes('--shards');
      const all = packed ? new Map(listPacked(folders.ours)) : indexPatches(folders.ours);
      const ours = new Map([...all].filter(([place]) => stored.has(place)));
      const files = packed ? unpack(ctx, folders.ours, ours) : ours;
      return [await checkSamePixels(prefix, stored, files, { peer: 'the stored tile', total: all.size })];
    },
    unit: 'patches',
    targets: target === undefined ? {} : { 'ours.x_per_cpu_s': { atLeast: target } },
  });
  return rows;
}

/** `['x,y', path in a shard]` of each row of the table. */
function listPacked(folder) {
  const [, ...lines] = readFileSync(join(folder, 'patches.csv'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [, x, y, , , , , , path] = line.split(',');
    return [`${x},${y}`, path];
  });
}

/** These entries of shards as files, taken out by `tar`. */
function unpack(ctx, folder, places) {
  const to = mkdtempSync(join(ctx.tmp, 'entries-'));
  const take = ([place, path]) => {
    const at = path.lastIndexOf('/');
    const file = join(to, `${place.replace(',', '_')}.jpg`);
    writeFileSync(file, execFileSync('tar', ['-xOf', join(folder, path.slice(0, at)), path.slice(at + 1)]));
    return [place, file];
  };
  return new Map([...places].map(take));
}
