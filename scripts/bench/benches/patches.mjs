// Patches of a slide on disk, ours beside the read_region loop of OpenSlide and Pillow that most pipelines have.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { alternate, runChild } from '../lib/alternate.mjs';
import { compareFolders } from '../lib/compare-patches.mjs';
import { checkBuilt, peerCommand, sharedFile } from '../lib/peers.mjs';
import { compareRows, row } from '../lib/rows.mjs';

export const name = 'patches';
export const describe = 'patches per CPU-second, wall time and memory, ours beside OpenSlide + Pillow';
export const options = {
  slide: { type: 'string', describe: 'FILE: cut this slide instead of a generated one' },
  size: { type: 'string', describe: 'N: pixels of a patch, 512 by default' },
  limit: { type: 'string', describe: 'N: so many patches, 400 by default' },
  workers: { type: 'string', describe: 'N: threads on our side and processes on theirs, 2 by default' },
};

/** Patches whose pixels are compared, about. */
const COMPARED = 16;
const MODULES = ['numpy', 'PIL', 'openslide'];

export async function run(ctx) {
  checkBuilt(ctx.root);
  const work = {
    size: ctx.options.size ?? '512',
    limit: ctx.options.limit ?? (ctx.quick ? '64' : '400'),
    workers: ctx.options.workers ?? '2',
    peer: peerCommand(ctx.root, 'patches_openslide.py', MODULES),
    coords: join(ctx.tmp, 'coords.json'),
  };
  work.slide = ctx.options.slide === undefined ? await makeSlide(ctx) : resolve(ctx.options.slide);
  await chooseCoords(ctx, work);
  const rows = [await comparePixels(ctx, work)];
  for (const format of ['png', 'jpg']) {
    ctx.log(`${format} ${work.size}:`);
    const results = await alternate(describeSides(ctx, work, format), { ...ctx, cwd: ctx.root });
    for (const runs of Object.values(results)) Object.assign(ctx.versions, runs[0].versions);
    rows.push(...compareRows(`patches.${format}${work.size}`, results, { unit: 'patches' }));
  }
  return rows;
}

/** An Aperio-style slide of which every tile has bytes of its own, as a scanner writes it. */
async function makeSlide(ctx) {
  const path = join(ctx.tmp, 'slide.svs');
  const source = sharedFile(ctx.root, 'data', 'wsi', 'CMU-1-Small-Region.svs');
  const [width, height] = ctx.quick ? ['12288', '8192'] : ['50000', '40000'];
  const command = [...peerCommand(ctx.root, 'make_slide.py', MODULES), source, path, '--unique', '--width', width];
  const made = await runChild([...command, '--height', height], { cwd: ctx.tmp });
  ctx.log(`slide of ${width} x ${height}, ${made.mb} MB, made in ${made.wall_s} s`);
  return path;
}

/** The peer chooses: places with tissue, row by row, from the middle of the slide. Both sides then cut these. */
async function chooseCoords(ctx, { peer, slide, size, limit, coords }) {
  const out = join(ctx.tmp, 'choose');
  mkdirSync(out);
  const args = ['--size', size, '--limit', limit, '--format', 'none', '--save-coords', coords];
  await runChild([...peer, slide, out, ...args], { cwd: ctx.tmp });
}

/** A speed means nothing unless both sides cut the same pixels: a few patches from all over the list are compared. */
async function comparePixels(ctx, work) {
  const coords = JSON.parse(readFileSync(work.coords, 'utf8'));
  const step = Math.max(1, Math.floor(coords.length / COMPARED));
  const few = join(ctx.tmp, 'compared.json');
  writeFileSync(few, JSON.stringify(coords.filter((_, index) => index % step === 0)));
  const sides = Object.entries(describeSides(ctx, { ...work, coords: few }, 'png'));
  const folders = sides.map(([side]) => join(ctx.tmp, `compared-${side}`));
  for (const [index, [, command]] of sides.entries()) {
    mkdirSync(folders[index]);
    await runChild(command(folders[index]), { cwd: ctx.root });
  }
  const { patches, largest } = await compareFolders(...folders);
  const detail = `largest difference to the peer in any pixel of ${patches} patches`;
  return row(`patches.png${work.size}.difference`, largest, { unit: 'grey levels', atMost: 1, detail });
}

function describeSides(ctx, { peer, slide, size, workers, coords }, format) {
  const ours = join(ctx.root, 'scripts', 'bench', 'ours', 'patches.mjs');
  const same = ['--coords', coords, '--size', size, '--format', format];
  return {
    openslide: (out) => [...peer, slide, out, ...same, '--procs', workers],
    ours: (out) => [process.execPath, ours, slide, out, ...same, '--workers', workers],
  };
}
