// Every tile of every level of a slide, read once: ours by readRegion, the peer's by read_region.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { alternate, BenchError, runChild } from '../lib/alternate.mjs';
import { peerCommand, sharedFile } from '../lib/peers.mjs';
import { compareRows, format, row } from '../lib/rows.mjs';
import { MODULES, makeSlide } from '../lib/slides.mjs';

const wsi = (name) => (ctx) => sharedFile(ctx.root, 'data', 'wsi', name);

/**
 * Where the slide of a case lies, by format and codec. `tiles`: how many are read in a run, at least; fewer of slow codecs.
 * Small slides are opened and read again until there are enough.
 */
const CASES = {
  aperio_jpeg_rgb: { slide: wsi('CMU-1-Small-Region.svs') },
  aperio_jpeg_ycbcr: { slide: makePyramid },
  hamamatsu_jpeg: { slide: wsi('hamamatsu-DAPI-2-387.ndpi') },
  generic_jpeg: { slide: wsi('CMU-1-Small-Region.jpeg.tiff') },
  generic_jpeg2000: { slide: wsi('CMU-1-Small-Region.jp2.tiff'), tiles: 216 },
  generic_webp: { slide: wsi('CMU-1-Small-Region.webp.tiff'), tiles: 648 },
  generic_zstd: {
    slide: (ctx) => sharedFile(ctx.root, 'data', 'tiff-robustness', 'large_image', 'yb10kx5k.zstd.tiff'),
    tiles: 400,
  },
  dicom_jpeg: {
    slide: wsi(
      join('dicom-CMU-1-Small-Region-jpeg', '1.2.826.0.1.3680043.8.498.35220404935377466417110411569853018212.dcm'),
    ),
  },
  dicom_jpeg2000: { slide: wsi('camelyon_j2k-lossless.dcm'), tiles: 112 },
  ome_jpeg: { slide: wsi(join('ome-bfconvert', 'XYC_JPEG.ome.tiff')) },
  ome_jpeg2000: { slide: wsi(join('ome-bfconvert', 'XYC_JPEG-2000.ome.tiff')), tiles: 320 },
  ome_lzw: { slide: wsi(join('ome-bfconvert', 'XYC_LZW.ome.tiff')) },
  ome_deflate: { slide: wsi(join('ome-bfconvert', 'XYC_zlib.ome.tiff')) },
  ome_channels: { slide: wsi('multi-channel.ome.tif'), tiles: 400 },
  zarr_jpeg: { slide: wsi('CMU-1-Small-Region-JPEG.zarr'), tiles: 650 },
  image_png: { slide: wsi('XYC.png'), tiles: 200 },
};

export const FORMAT_CASES = Object.fromEntries(
  Object.entries(CASES).map(([name, one]) => [name, (ctx) => measureFormat(ctx, `formats.${name}`, one)]),
);

/** A pyramid of four levels, YCbCr 4:2:0 in tiles of 256, every tile with bytes of its own. */
async function makePyramid(ctx) {
  const path = join(ctx.tmp, 'pyramid.svs');
  const [width, height] = ctx.quick ? ['4096', '3072'] : ['16384', '12288'];
  if (!existsSync(path)) await makeSlide(ctx, path, ['--unique', '--width', width, '--height', height]);
  return path;
}

/** One row for the format, with its codec; beside a peer that reads it also the difference and the ratios. */
async function measureFormat(ctx, prefix, { slide, tiles = 1500 }) {
  const { about, job } = await prepareJob(ctx, prefix, {
    path: await slide(ctx),
    tiles: ctx.quick ? tiles / 10 : tiles,
  });
  const ours = (...rest) => [process.execPath, join(ctx.root, 'scripts', 'bench', 'ours', 'tiles.mjs'), job, ...rest];
  const peer = findPeer(ctx, job);
  const rows = peer ? [await compareTiles(ctx, prefix, [peer, ours])] : [];
  ctx.log(`${prefix}: ${about}`);
  const sides = { ...(peer && { openslide: () => peer() }), ours: () => ours() };
  const results = await alternate(sides, { ...ctx, cwd: ctx.root });
  for (const [result] of Object.values(results)) Object.assign(ctx.versions, result.versions);
  const measured = compareRows(prefix, results, { unit: 'tiles' });
  const find = (figure) => measured.filter((one) => one.figure === `${prefix}.${figure}`);
  const theirs = find('openslide.per_cpu_s')[0];
  const beside = theirs ? `openslide ${format(theirs.value)}` : 'not read by openslide';
  const shown = find('ours.per_cpu_s').map((one) => ({
    ...one,
    figure: `${prefix}.tiles`,
    detail: `${about}; ${beside}`,
    // The docs show it although it has no target.
    listed: true,
  }));
  return [...rows, ...shown, ...find('ours.x_per_cpu_s'), ...find('ours.x_per_wall_s')];
}

/**
 * Which cells both sides read, as a file: the stored tiles, clipped to the level, or squares of 256 pixels where a stored tile
 * is no tile (a strip, a row, the whole image).
 */
async function prepareJob(ctx, prefix, { path, tiles }) {
  const { openSlide } = await import(pathToFileURL(join(ctx.root, 'dist', 'index.js')).href);
  const slide = await openSlide(path);
  try {
    const cells = slide.levels.flatMap(listCells);
    const passes = Math.ceil(tiles / cells.length);
    const job = join(ctx.tmp, `${prefix}.json`);
    writeFileSync(job, JSON.stringify({ path, cells, passes }));
    const [{ codec }] = slide.levels;
    const [, , , width, height] = cells[0];
    const count = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`;
    const size = `${count(slide.levels.length, 'level')}, ${count(cells.length, 'tile')} of ${width} x ${height}`;
    return { job, about: `${slide.format}, ${codec}, ${size}` };
  } finally {
    await slide.close();
  }
}

function listCells({ width, height, tileWidth, tileHeight, downsample }, level) {
  const fits = (side) => side >= 64 && side <= 1024;
  const [w, h] = fits(tileWidth) && fits(tileHeight) ? [tileWidth, tileHeight] : [256, 256];
  const cells = [];
  for (let y = 0; y < height; y += h) {
    for (let x = 0; x < width; x += w) {
      const corner = [Math.round(x * downsample.x), Math.round(y * downsample.y)];
      cells.push([level, ...corner, Math.min(w, width - x), Math.min(h, height - y)]);
    }
  }
  return cells;
}

/** The command of the peer, given more arguments; `undefined` where it can't open the slide. */
function findPeer(ctx, job) {
  const [python] = peerCommand(ctx.root, 'measure.py', MODULES);
  const command = [python, join(ctx.root, 'scripts', 'bench', 'peers', 'tiles_openslide.py'), job];
  const asked = spawnSync(python, [...command.slice(1), '--can-read'], { encoding: 'utf8' });
  if (asked.status === 0) return (...rest) => [...command, ...rest];
  if (asked.status === 3) return undefined;
  throw new BenchError(`tiles_openslide.py ended with ${asked.status}: ${asked.stderr}`);
}

/** The pixels of some twenty cells from all over the slide. */
async function compareTiles(ctx, prefix, sides) {
  const pixels = [];
  for (const [index, side] of sides.entries()) {
    const out = join(ctx.tmp, `${prefix}.${index}.rgb`);
    await runChild(side('--keep', out), { cwd: ctx.root });
    pixels.push(readFileSync(out));
  }
  const [theirs, ours] = pixels;
  if (theirs.length !== ours.length)
    throw new BenchError(`${prefix}: ${theirs.length} and ${ours.length} bytes of pixels`);
  let largest = 0;
  for (let at = 0; at < ours.length; at += 1) largest = Math.max(largest, Math.abs(ours[at] - theirs[at]));
  const detail = `largest difference to OpenSlide in any sample of ${(ours.length / 3e6).toFixed(1)} megapixels`;
  return row(`${prefix}.difference`, largest, { unit: 'grey levels', atMost: 0, detail });
}
