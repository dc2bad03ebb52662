// All of a slide as tiles of 512 px, glass as well: our command line beside vips dzsave, which reads through OpenSlide, as
// it does by itself, or with its own TIFF reader, as it has to be told. Both cut level 0 alone, without a pyramid. They are
// measured from outside, start and end of the process included.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { BenchError } from '../lib/alternate.mjs';
import { indexPatches } from '../lib/compare-patches.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { getPeerEnvironment } from '../lib/environment.mjs';
import { peerCommand } from '../lib/peers.mjs';
import { getSlide, MODULES } from '../lib/slides.mjs';
import { checkSamePixels } from './files.mjs';

const SIZE = 512;

export const DZSAVE_CASES = {
  dzsave_png512: (ctx) => compareDzsave(ctx, 'dzsave_png512', { format: 'png', target: { atLeast: 10 } }),
  dzsave_jpg512: (ctx) => compareDzsave(ctx, 'dzsave_jpg512', { format: 'jpg', target: { atLeast: 4.5 } }),
  dzsave_tiff_png512: (ctx) => compareDzsave(ctx, 'dzsave_tiff_png512', { format: 'png', reader: 'tiff' }),
  dzsave_tiff_jpg512: (ctx) => compareDzsave(ctx, 'dzsave_tiff_jpg512', { format: 'jpg', reader: 'tiff' }),
};

async function compareDzsave(ctx, name, { format, reader = 'openslide', target = {} }) {
  if (reader === 'openslide') checkOpenSlide();
  const slide = await getSlide(ctx, 'wide');
  const workers = ctx.options.workers ?? '2';
  const prefix = `patches.${name}`;
  const { rows } = await compareSides(ctx, prefix, {
    sides: {
      vips: createVips(ctx, slide, { format, reader, workers }),
      ours: createOurs(ctx, slide, { format, workers }),
    },
    // `alternate` has seen that both wrote as many tiles.
    inspect: async ({ vips, ours }) => [await checkSamePixels(prefix, indexPatches(vips, SIZE), indexPatches(ours))],
    unit: 'tiles',
    targets: { 'ours.x_per_cpu_s': target },
  });
  return rows;
}

/** Without this module vips takes its TIFF reader and says nothing. @throws BenchError */
function checkOpenSlide() {
  const { stdout } = spawnSync('vips', ['-l'], { encoding: 'utf8', env: getPeerEnvironment() });
  if (!stdout?.includes('openslideload'))
    throw new BenchError('vips has no module for OpenSlide: apt install libvips42');
}

function createVips(ctx, slide, { format, reader, workers }) {
  const [, script] = peerCommand(ctx.root, 'dzsave.sh', MODULES);
  const how = ['--format', format, '--size', `${SIZE}`, '--quality', '85', '--threads', workers];
  return (out) => [script, slide, out, ...how, ...(reader === 'tiff' ? ['--tiffload'] : [])];
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
