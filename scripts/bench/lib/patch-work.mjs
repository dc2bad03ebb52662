// What both sides of a patch bench are given: a slide, and the level-0 corners of the patches to cut from it.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from './alternate.mjs';
import { peerCommand } from './peers.mjs';
import { getSlide, MODULES } from './slides.mjs';

/** Options of the benches that cut patches. */
export const WORK_OPTIONS = {
  limit: { type: 'string', describe: 'N: so many patches in each case in place of its own number' },
  workers: { type: 'string', describe: 'N: threads on our side and processes on theirs, 2 by default' },
};
const QUICK_LIMIT = 64;
/** More than any of the slides has. */
const ALL = 1_000_000;

/**
 * The peer chooses: all places with tissue, row by row; fewer from the middle of the slide. Both sides then cut these.
 * @param kind of `getSlide`
 * @param settings `size`: pixels of a patch; `limit`: patches, all by default; `mpp`: of a patch, where it is not that of level 0
 */
export async function prepareWork(ctx, kind, { size = 512, limit = ALL, mpp } = {}) {
  const slide = await getSlide(ctx, kind);
  const patches = ctx.options.limit ?? `${ctx.quick ? QUICK_LIMIT : limit}`;
  const coords = join(ctx.tmp, `${kind}-${size}-${mpp ?? 'own'}-${patches}.json`);
  const same = ['--size', `${size}`, ...(mpp === undefined ? [] : ['--target-mpp', `${mpp}`])];
  const peer = peerCommand(ctx.root, 'patches_openslide.py', MODULES);
  if (!existsSync(coords)) {
    const args = [...same, '--limit', patches, '--format', 'none', '--save-coords', coords];
    await runChild([...peer, slide, join(ctx.tmp, 'choose'), ...args], { cwd: ctx.tmp });
  }
  return { slide, size, mpp, coords, workers: ctx.options.workers ?? '2', peer: [...peer, slide], peerArgs: same };
}

/** The peer's command; `args` choose the format. */
export function peerSide({ peer, peerArgs, coords, workers }, args) {
  return (out) => [...peer, out, ...peerArgs, '--coords', coords, '--procs', workers, ...args];
}

/** The command of one of our scripts, `ours/NAME.mjs SLIDE OUT --coords ...`. */
export function ourSide(ctx, script, { slide, coords, size, mpp, workers }, args = []) {
  const path = join(ctx.root, 'scripts', 'bench', 'ours', script);
  const work = ['--coords', coords, '--size', `${size}`, '--workers', workers];
  if (mpp !== undefined) work.push('--mpp', `${mpp}`);
  return (out) => [process.execPath, path, slide, out, ...work, ...args];
}

/** The same work with a few patches from all over the list. */
export function sampleWork(ctx, work, count = 16) {
  const all = JSON.parse(readFileSync(work.coords, 'utf8'));
  const step = Math.max(1, Math.floor(all.length / count));
  const coords = join(ctx.tmp, 'sample.json');
  writeFileSync(coords, JSON.stringify(all.filter((_, index) => index % step === 0)));
  return { ...work, coords };
}

/** Pixels of these patches as OpenSlide reads them, averaged over `factor` x `factor`, as PNG. @returns their folder */
export async function readReference(ctx, { slide, coords, size }, factor = 1) {
  const out = mkdtempSync(join(ctx.tmp, 'reference-'));
  const [python] = peerCommand(ctx.root, 'patches_openslide.py', MODULES);
  const script = join(ctx.root, 'scripts', 'bench', 'peers', 'box_openslide.py');
  await runChild([python, script, slide, out, coords, `${size}`, `${factor}`], { cwd: ctx.root });
  return out;
}
