// All of a slide as tiles of 512 px, glass as well: our command line beside vips dzsave through OpenSlide. Both are measured
// from outside, start and end of the process included.
import { join } from 'node:path';
import { indexPatches } from '../lib/compare-patches.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { peerCommand } from '../lib/peers.mjs';
import { getSlide, MODULES } from '../lib/slides.mjs';
import { checkSamePixels } from './files.mjs';

const SIZE = 512;

export const DZSAVE_CASES = {
  dzsave_png512: (ctx) => compareDzsave(ctx, 'dzsave_png512', { kind: 'wide', format: 'png', target: { atLeast: 10 } }),
  dzsave_jpg512: (ctx) =>
    compareDzsave(ctx, 'dzsave_jpg512', { kind: 'wide', format: 'jpg', target: { atLeast: 4.5 } }),
  dzsave_jpg512_narrow: (ctx) => compareDzsave(ctx, 'dzsave_jpg512_narrow', { kind: 'narrow', format: 'jpg' }),
};

async function compareDzsave(ctx, name, { kind, format, target = {} }) {
  const slide = await getSlide(ctx, kind);
  const workers = ctx.options.workers ?? '2';
  const prefix = `patches.${name}`;
  const { rows } = await compareSides(ctx, prefix, {
    sides: { vips: createVips(ctx, slide, { format, workers }), ours: createOurs(ctx, slide, { format, workers }) },
    // `alternate` has seen that both wrote as many tiles.
    inspect: async ({ vips, ours }) => [await checkSamePixels(prefix, indexPatches(vips, SIZE), indexPatches(ours))],
    unit: 'tiles',
    targets: { 'ours.x_per_cpu_s': target },
  });
  return rows;
}

function createVips(ctx, slide, { format, workers }) {
  const [, script] = peerCommand(ctx.root, 'dzsave.sh', MODULES);
  return (out) => [
    script,
    slide,
    out,
    '--format',
    format,
    '--size',
    `${SIZE}`,
    '--quality',
    '85',
    '--threads',
    workers,
  ];
}

function createOurs(ctx, slide, { format, workers }) {
  const measured = [
    ...peerCommand(ctx.root, 'measure.py', MODULES),
    '--name',
    `slideloom-${format}`,
    '--unit',
    'tiles',
  ];
  const cli = [process.execPath, join(ctx.root, 'dist', 'cli', 'main.js'), 'patches', slide, '--quiet'];
  const where = ['--no-tissue', '--level', '0', '--size', `${SIZE}`, '--edge', 'pad', '--no-overview'];
  const how = ['--format', format === 'jpg' ? 'jpeg' : format, '--quality', '85', '--workers', workers];
  return (out) => [
    ...measured,
    '--count-files',
    out,
    '--ext',
    `px.${format}`,
    '--',
    ...cli,
    '--out',
    out,
    ...where,
    ...how,
  ];
}
