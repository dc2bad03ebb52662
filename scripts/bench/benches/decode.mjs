// Our JPEG decoder beside libjpeg-turbo in C, one thread each, on the tiles of slides.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alternate, runChild } from '../lib/alternate.mjs';
import { packTiles, readPack } from '../lib/jpeg-pack.mjs';
import { checkBuilt, peerCommand, sharedFile } from '../lib/peers.mjs';
import { compareRows, row } from '../lib/rows.mjs';

export const name = 'decode';
export const describe = 'megapixels per CPU-second of the JPEG decoder beside libjpeg-turbo in C';
export const options = {};

/** Share of libjpeg-turbo's speed that the decoder must reach. */
const AT_LEAST = 0.85;
const MODULES = ['numpy', 'PIL', 'openslide'];

export async function run(ctx) {
  checkBuilt(ctx.root);
  const source = sharedFile(ctx.root, 'data', 'wsi', 'CMU-1-Small-Region.svs');
  const packs = {
    ycbcr420: await writePack(ctx, 'ycbcr420', await makeSlide(ctx, source)),
    aperio_rgb: await writePack(ctx, 'aperio_rgb', source),
  };
  const floor = compileFloor(ctx);
  const rows = [];
  for (const [kind, pack] of Object.entries(packs)) {
    for (const scale of [1, 2]) rows.push(...(await compareSides(ctx, { kind, pack, scale, floor })));
  }
  return rows;
}

/** 256-px tiles with 4:2:0 chroma at quality 80, nearly all of them tissue. */
async function makeSlide(ctx, source) {
  const path = join(ctx.tmp, 'slide.svs');
  const size = ['--width', '8192', '--height', '6144', '--levels', '1', '--tissue', '0.9'];
  await runChild([...peerCommand(ctx.root, 'make_slide.py', MODULES), source, path, ...size], { cwd: ctx.tmp });
  return path;
}

async function writePack(ctx, kind, slide) {
  const path = join(ctx.tmp, `${kind}.pack`);
  writeFileSync(path, await packTiles(ctx.root, slide));
  return path;
}

/** @returns the program, or `undefined` with a word on stderr where it can't be made */
function compileFloor(ctx) {
  const program = join(ctx.tmp, 'floor-decode');
  const source = join(ctx.root, 'scripts', 'bench', 'floor', 'decode.c');
  const made = spawnSync('gcc', ['-O2', source, '-o', program, '-ljpeg'], { encoding: 'utf8' });
  if (made.status === 0) return program;
  ctx.log(`no floor: ${made.error?.message ?? made.stderr.trim().split('\n')[0]}`);
  return undefined;
}

async function compareSides(ctx, { kind, pack, scale, floor }) {
  const prefix = scale === 1 ? `decode.${kind}` : `decode.${kind}.half`;
  const { tiles } = readPack(readFileSync(pack));
  const passes = `${Math.ceil((ctx.quick ? 1500 : 10_000) / tiles.length)}`;
  const ours = [process.execPath, join(ctx.root, 'scripts', 'bench', 'ours', 'decode.mjs'), pack, passes, `${scale}`];
  if (floor === undefined) {
    const detail = 'not available: gcc or the headers of libjpeg-turbo are missing (libjpeg62-turbo-dev)';
    const runs = await alternate({ ours: () => ours }, { ...ctx, cwd: ctx.root });
    return [row(`${prefix}.floor`, 0, { unit: 'runs', detail }), ...compareRows(prefix, runs, { unit: 'MP' })];
  }
  const native = [floor, pack, passes, `${scale}`];
  ctx.log(`${prefix}, ${tiles.length} tiles:`);
  const difference = await compareOutputs(ctx, [native, ours]);
  const results = await alternate({ libjpeg: () => native, ours: () => ours }, { ...ctx, cwd: ctx.root });
  for (const runs of Object.values(results)) Object.assign(ctx.versions, runs[0].versions);
  const targets = scale === 1 ? { 'ours.per_cpu_s': { atLeast: AT_LEAST } } : {};
  const detail = `largest difference in any sample of ${tiles.length} tiles`;
  return [
    row(`${prefix}.difference`, difference, { unit: 'grey levels', atMost: 0, detail }),
    ...compareRows(prefix, results, { unit: 'MP', targets }),
  ];
}

/** The largest difference of the pixels of all tiles. */
async function compareOutputs(ctx, commands) {
  const outputs = [];
  for (const [index, [command, pack, passes, ...rest]] of commands.map(splitArguments).entries()) {
    const out = join(ctx.tmp, `pixels-${index}`);
    await runChild([...command, pack, passes, ...rest, out], { cwd: ctx.root });
    outputs.push(readFileSync(out));
  }
  const [first, second] = outputs;
  if (first.length !== second.length) throw new Error(`the sides wrote ${first.length} and ${second.length} bytes`);
  let largest = 0;
  for (let at = 0; at < first.length; at += 1) largest = Math.max(largest, Math.abs(first[at] - second[at]));
  return largest;
}

/** One pass is enough to compare. */
function splitArguments(command) {
  return [command.slice(0, -3), command.at(-3), '1', command.at(-1)];
}
