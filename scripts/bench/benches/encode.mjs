// Our PNG and JPEG encoders beside those of Pillow, sharp and libjpeg-turbo in C, one thread each, on patches in memory.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { BenchError, runChild } from '../lib/alternate.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { compileFloor } from '../lib/floor.mjs';
import { checkBuilt, peerCommand } from '../lib/peers.mjs';
import { compareRows, row } from '../lib/rows.mjs';
import { MODULES, makeSlide } from '../lib/slides.mjs';

export const name = 'encode';
export const describe = 'megapixels per CPU-second and bits per pixel of the PNG and JPEG encoders, in memory';
export const options = {
  patches: { type: 'string', describe: 'N: patches of 512 x 512 pixels, 24 by default' },
  passes: {
    type: 'string',
    describe: 'N: times that each side encodes all of them in a run, 8 by default; for JPEG 16 times as often',
  },
};

const SIZE = 512;
/** JPEG is so much faster to all sides that its runs would be too short. */
const JPEG_PASSES = 16;
/** PNG to Pillow at its default level; bits to the same; JPEG of quality 85 and 4:2:0 to libjpeg-turbo in C. */
const TARGETS = { png: 33, pngBits: 1.05, jpg: 0.75 };

export async function run(ctx) {
  checkBuilt(ctx.root);
  const pack = await writePack(ctx);
  const passes = ctx.options.passes ?? (ctx.quick ? '2' : '8');
  return [
    ...(await comparePng(ctx, { pack, passes })),
    ...(await compareJpeg(ctx, { pack, passes: `${Number(passes) * JPEG_PASSES}` })),
  ];
}

/** Raw RGB of patches with tissue, one behind the other, of a slide with 4:2:0 JPEG tiles of quality 80. */
async function writePack(ctx) {
  const slide = join(ctx.tmp, 'slide.svs');
  await makeSlide(ctx, slide, ['--width', '12288', '--height', '8192', '--levels', '1', '--unique']);
  const folder = join(ctx.tmp, 'patches');
  mkdirSync(folder);
  const cut = ['--size', `${SIZE}`, '--limit', ctx.options.patches ?? (ctx.quick ? '8' : '24'), '--format', 'png'];
  await runChild([...peerCommand(ctx.root, 'patches_openslide.py', MODULES), slide, folder, ...cut], { cwd: ctx.tmp });
  const files = readdirSync(folder).map((file) => join(folder, file));
  const pixels = await Promise.all(files.map((file) => sharp(file).removeAlpha().raw().toBuffer()));
  const path = join(ctx.tmp, 'patches.rgb');
  writeFileSync(path, Buffer.concat(pixels));
  return path;
}

async function comparePng(ctx, work) {
  const commands = {
    pillow: pillow(ctx, 'png'),
    pillow_level1: pillow(ctx, 'png1'),
    sharp: script(ctx, 'peers/encode-sharp.mjs', 'png'),
    ours: script(ctx, 'ours/encode.mjs', 'png'),
  };
  const targets = { 'ours.x_per_cpu_s': { atLeast: TARGETS.png } };
  const results = await runSides(ctx, work, { prefix: 'encode.png', commands, targets });
  const { pillow_level1, ours } = results.runs;
  return [
    await checkPixels(work.pack, results.folders.ours),
    ...listBits('encode.png', results, { base: 'pillow', atMost: TARGETS.pngBits }),
    ...results.rows,
    // Once more to the peer's fastest level: the ratios alone.
    ...compareRows('encode.png_level1', { pillow_level1, ours }, { unit: 'MP' }).filter((one) => one.unit === 'x'),
  ];
}

async function compareJpeg(ctx, work) {
  const floor = compileFloor(ctx, 'encode');
  const commands = {
    ...(floor === undefined ? {} : { libjpeg: [floor] }),
    pillow: pillow(ctx, 'jpg'),
    sharp: script(ctx, 'peers/encode-sharp.mjs', 'jpg'),
    ours: script(ctx, 'ours/encode.mjs', 'jpg'),
  };
  const targets = floor === undefined ? {} : { 'ours.x_per_cpu_s': { atLeast: TARGETS.jpg } };
  const results = await runSides(ctx, work, { prefix: 'encode.jpg', commands, targets });
  return [checkBytes(results.folders), ...listBits('encode.jpg', results, { base: 'pillow' }), ...results.rows];
}

function script(ctx, path, format) {
  return [process.execPath, join(ctx.root, 'scripts', 'bench', path), format];
}

function pillow(ctx, format) {
  const [python] = peerCommand(ctx.root, 'patches_openslide.py', ['PIL']);
  return [python, join(ctx.root, 'scripts', 'bench', 'peers', 'encode_pillow.py'), format];
}

/** One pass of each side with its files kept, then the rounds. */
async function runSides(ctx, { pack, passes }, { prefix, commands, targets }) {
  const folders = {};
  for (const [side, command] of Object.entries(commands)) {
    folders[side] = join(ctx.tmp, `files-${side}-${readdirSync(ctx.tmp).length}`);
    mkdirSync(folders[side]);
    await runChild([...command, pack, '1', folders[side]], { cwd: ctx.root });
  }
  const sides = Object.entries(commands).map(([side, command]) => [side, () => [...command, pack, passes]]);
  const { rows, results } = await compareSides(ctx, prefix, { sides: Object.fromEntries(sides), unit: 'MP', targets });
  return { folders, rows, runs: results };
}

async function checkPixels(pack, folder) {
  const raw = readFileSync(pack);
  const length = SIZE * SIZE * 3;
  let other = 0;
  for (let i = 0; i * length < raw.length; i += 1) {
    const found = await sharp(join(folder, `${i}.png`))
      .raw()
      .toBuffer();
    if (!found.equals(raw.subarray(i * length, (i + 1) * length))) other += 1;
  }
  const detail = `of ${raw.length / length} are not read back as they were by libspng (sharp)`;
  return row('encode.png.difference', other, { unit: 'files', atMost: 0, detail });
}

function checkBytes({ pillow: theirs, ours }) {
  const files = readdirSync(ours);
  if (files.length !== readdirSync(theirs).length) throw new BenchError('the sides wrote other files');
  const other = files.filter((file) => !readFileSync(join(ours, file)).equals(readFileSync(join(theirs, file))));
  const detail = `of ${files.length} are not byte for byte those of Pillow`;
  return row('encode.jpg.difference', other.length, { unit: 'files', atMost: 0, detail });
}

function listBits(prefix, { folders }, { base, atMost }) {
  const bits = Object.fromEntries(Object.entries(folders).map(([side, folder]) => [side, measureBits(folder)]));
  const own = Object.entries(bits).map(([side, value]) => row(`${prefix}.${side}.bits`, value, { unit: 'bits/px' }));
  const detail = `ours to ${base}`;
  return [...own, row(`${prefix}.ours.x_bits`, bits.ours / bits[base], { unit: 'x', detail, atMost })];
}

function measureBits(folder) {
  const files = readdirSync(folder);
  const bytes = files.reduce((sum, file) => sum + readFileSync(join(folder, file)).length, 0);
  return (8 * bytes) / (files.length * SIZE * SIZE);
}
