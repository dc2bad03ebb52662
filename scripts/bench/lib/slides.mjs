import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runChild } from './alternate.mjs';
import { peerCommand, sharedFile } from './peers.mjs';

/** What the peers' Python must have. */
export const MODULES = ['numpy', 'PIL', 'openslide'];

/**
 * Slides that are made, every tile with bytes of its own, as a scanner writes it. `option` names the option of the bench
 * that takes a slide of the user's instead.
 * - ycbcr: tiles of 256, 4:2:0 at quality 80; rgb: a scanner's own RGB tiles of 240.
 * - wide: multiples of 512, so that nobody writes a partial patch. huge: 137,000 tiles of level 0.
 */
const KINDS = {
  ycbcr: { option: 'slide', width: 50_000, height: 40_000, quick: [12_288, 8192] },
  rgb: { option: 'rgb-slide', width: 30_000, height: 30_000, quick: [9600, 7200], args: ['--aperio-rgb'] },
  wide: { width: 49_152, height: 20_480, quick: [12_288, 4096] },
  huge: { option: 'huge-slide', width: 100_000, height: 90_000, quick: [12_288, 8192] },
};

/** @returns the path of a slide of that kind: the user's, or one made now, or the one made earlier in this run */
export async function getSlide(ctx, kind) {
  const { option, width, height, quick, args = [] } = KINDS[kind];
  if (option !== undefined && ctx.options[option] !== undefined) return resolve(ctx.options[option]);
  const path = join(ctx.tmp, `${kind}.svs`);
  if (!existsSync(path))
    await makeSlide(ctx, path, ['--unique', ...listSize(ctx.quick ? quick : [width, height]), ...args]);
  return path;
}

function listSize([width, height]) {
  return ['--width', `${width}`, '--height', `${height}`];
}

/** Runs the peers' make_slide.py, which compares what it wrote with what it painted. */
export async function makeSlide(ctx, path, args) {
  const source = sharedFile(ctx.root, 'data', 'wsi', 'CMU-1-Small-Region.svs');
  const made = await runChild([...peerCommand(ctx.root, 'make_slide.py', MODULES), source, path, ...args], {
    cwd: ctx.tmp,
  });
  ctx.log(`${path}: ${args.join(' ')}, ${made.mb} MB, made in ${made.wall_s} s`);
}
