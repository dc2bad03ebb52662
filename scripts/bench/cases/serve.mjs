// Tiles to 64 connections: as stored and averaged beside openslide-python's DeepZoomGenerator in Flask, and again from what is kept.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../lib/alternate.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { row } from '../lib/rows.mjs';
import { getSlide } from '../lib/slides.mjs';
import { CONNECTIONS } from '../lib/tile-load.mjs';
import { openTileWork } from '../lib/tile-work.mjs';

const PYTHON = '/usr/bin/python3';
/** Of tiles that are made: ours of the server's default, the peer's of its example. Higher costs more. */
const PEER_QUALITY = 75;
const TIMES_PEER = 3;
/** Milliseconds that 99 of 100 answers may take. */
const MOST = { cached: 50, averaged: 200 };

export const SERVE_CASES = {
  stored: (ctx) => compareTiles(ctx, 'stored', { above: 0, count: 24 * CONNECTIONS }),
  averaged: (ctx) => compareTiles(ctx, 'averaged', { above: 1, count: 24 * CONNECTIONS }),
  cached: measureCached,
};

/** Each tile once, none of them kept. */
async function compareTiles(ctx, name, { above, count }) {
  const slide = await getSlide(ctx, 'ycbcr');
  const work = await openTileWork(ctx.root, slide);
  const list = work.list(above, ctx.quick ? 2 * CONNECTIONS : count, 4 * CONNECTIONS);
  const side = (name, command) => {
    const file = join(ctx.tmp, `${name}.json`);
    writeFileSync(file, JSON.stringify({ command, closing: name === 'flask', ...list, times: 1 }));
    return (folder) => [process.execPath, join(ctx.root, 'scripts', 'bench', 'ours', 'tile-load.mjs'), file, folder];
  };
  const prefix = `serve.${name}`;
  const { rows, results } = await compareSides(ctx, prefix, {
    sides: { flask: side('flask', peerServer(ctx, slide, work.tileSize)), ours: side('ours', ourServer(ctx, slide)) },
    inspect: async (folders) => [await compareTilesOf(prefix, folders)],
    unit: 'tiles',
    targets: { 'ours.x_per_wall_s': { atLeast: TIMES_PEER } },
  });
  return [...rows, ...listLatencies(ctx, prefix, results, MOST[name])];
}

/** The same 256 tiles over and over. */
async function measureCached(ctx) {
  const slide = await getSlide(ctx, 'ycbcr');
  const work = await openTileWork(ctx.root, slide);
  const { paths } = work.list(0, 4 * CONNECTIONS, 0);
  const file = join(ctx.tmp, 'cached.json');
  const times = ctx.quick ? 4 : 100;
  writeFileSync(file, JSON.stringify({ command: ourServer(ctx, slide), paths, warm: paths, times }));
  const driver = join(ctx.root, 'scripts', 'bench', 'ours', 'tile-load.mjs');
  const { rows, results } = await compareSides(ctx, 'serve.cached', {
    sides: { ours: (folder) => [process.execPath, driver, file, folder] },
    unit: 'tiles',
  });
  return [...rows, ...listLatencies(ctx, 'serve.cached', results, MOST.cached)];
}

export function ourServer(ctx, slide, options = {}) {
  return [process.execPath, join(ctx.root, 'scripts', 'bench', 'ours', 'serve.mjs'), slide, JSON.stringify(options)];
}

function peerServer(ctx, slide, tileSize) {
  const asked = spawnSync(PYTHON, ['-c', 'import flask, openslide, PIL'], { encoding: 'utf8' });
  if (asked.status !== 0)
    throw new BenchError(`${PYTHON} lacks flask, openslide or PIL: apt-get install python3-flask`);
  const script = join(ctx.root, 'scripts', 'bench', 'peers', 'deepzoom_flask.py');
  return [PYTHON, script, slide, `${tileSize}`, `${PEER_QUALITY}`];
}

function listLatencies(ctx, prefix, results, atMost) {
  return Object.entries(results).flatMap(([side, runs]) =>
    ['p50_ms', 'p99_ms'].map((name) => {
      const judged = side === 'ours' && name === 'p99_ms' && !ctx.quick && atMost !== undefined;
      const detail = `${CONNECTIONS} connections`;
      return row(
        `${prefix}.${side}.${name}`,
        runs.map((run) => run[name]),
        {
          unit: 'ms',
          ...(judged && { atMost }),
          detail,
        },
      );
    }),
  );
}

/** They were encoded at different qualities, one of them perhaps not at all: that they are the same tiles shows in the mean. */
async function compareTilesOf(prefix, { flask, ours }) {
  const { default: sharp } = await import('sharp');
  const read = (folder, index) =>
    sharp(readFileSync(join(folder, `${index}.jpg`)))
      .raw()
      .toBuffer();
  let [sum, count] = [0, 0];
  for (let index = 0; index < 16; index += 1) {
    const [theirs, own] = await Promise.all([read(flask, index), read(ours, index)]);
    if (theirs.length !== own.length)
      throw new BenchError(`tile ${index} has ${own.length} bytes, the peer's ${theirs.length}`);
    for (let at = 0; at < own.length; at += 1) sum += Math.abs(own[at] - theirs[at]);
    count += own.length;
  }
  return row(`${prefix}.difference`, sum / count, {
    unit: 'levels',
    atMost: 6,
    detail: 'mean over 16 tiles of both sides',
  });
}
