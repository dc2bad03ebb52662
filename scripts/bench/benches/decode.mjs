// Our JPEG decoder beside libjpeg-turbo in C, one thread each, on the tiles of slides.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../lib/alternate.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { compileFloor } from '../lib/floor.mjs';
import { packTiles, readPack } from '../lib/jpeg-pack.mjs';
import { checkBuilt, sharedFile } from '../lib/peers.mjs';
import { row } from '../lib/rows.mjs';
import { makeSlide } from '../lib/slides.mjs';

export const name = 'decode';
export const describe = 'megapixels per CPU-second of the JPEG decoder beside libjpeg-turbo in C';
export const options = {};

/** Share of libjpeg-turbo's speed that the decoder must reach. */
const AT_LEAST = 0.85;
/** Tiles of 256 px with 4:2:0 chroma at quality 80, nearly all of them tissue. */
const SHAPE = ['--width', '8192', '--height', '6144', '--levels', '1', '--tissue', '0.9'];

export async function run(ctx) {
  checkBuilt(ctx.root);
  const source = sharedFile(ctx.root, 'data', 'wsi', 'CMU-1-Small-Region.svs');
  const slide = join(ctx.tmp, 'slide.svs');
  await makeSlide(ctx, slide, SHAPE);
  const packs = {
    ycbcr420: await writePack(ctx, 'ycbcr420', slide),
    aperio_rgb: await writePack(ctx, 'aperio_rgb', source),
  };
  const floor = compileFloor(ctx, 'decode');
  const rows = [];
  for (const [kind, pack] of Object.entries(packs)) {
    for (const scale of [1, 2]) rows.push(...(await compareDecoders(ctx, { kind, pack, scale, floor })));
  }
  return rows;
}

async function writePack(ctx, kind, slide) {
  const path = join(ctx.tmp, `${kind}.pack`);
  writeFileSync(path, await packTiles(ctx.root, slide));
  return path;
}

async function compareDecoders(ctx, { kind, pack, scale, floor }) {
  const prefix = scale === 1 ? `decode.${kind}` : `decode.${kind}.half`;
  const { tiles } = readPack(readFileSync(pack));
  const passes = `${Math.ceil((ctx.quick ? 1500 : 10_000) / tiles.length)}`;
  const ours = [process.execPath, join(ctx.root, 'scripts', 'bench', 'ours', 'decode.mjs'), pack, passes, `${scale}`];
  if (floor === undefined) {
    const detail = 'not available: gcc or the headers of libjpeg-turbo are missing (libjpeg62-turbo-dev)';
    const { rows } = await compareSides(ctx, prefix, { sides: { ours: () => ours }, unit: 'MP' });
    return [row(`${prefix}.floor`, 0, { unit: 'runs', detail }), ...rows];
  }
  const native = [floor, pack, passes, `${scale}`];
  const difference = await compareOutputs(ctx, [native, ours]);
  const detail = `largest difference in any sample of ${tiles.length} tiles`;
  const { rows } = await compareSides(ctx, prefix, {
    sides: { libjpeg: () => native, ours: () => ours },
    unit: 'MP',
    targets: scale === 1 ? { 'ours.x_per_cpu_s': { atLeast: AT_LEAST } } : {},
  });
  return [row(`${prefix}.difference`, difference, { unit: 'grey levels', atMost: 0, detail }), ...rows];
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
