// What someone sees who opens a slide: how soon, and how smoothly it moves with a million patches over it.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../lib/alternate.mjs';
import { openBrowser } from '../lib/browser.mjs';
import { moveSlide, waitForCover, waitForPicture } from '../lib/page-probes.mjs';
import { row } from '../lib/rows.mjs';
import { getSlide } from '../lib/slides.mjs';
import { startTileServer } from '../lib/tile-server.mjs';
import { ourServer } from './serve.mjs';

/** Frames a second that a moving slide has at least, in the middle of all frames; seconds until it can be looked at. */
const LEAST_FPS = 30;
const MOST_SECONDS = 1;
/** Milliseconds. A new window of Chromium starts pages of its own for its bars: 0.7 s of a processor that are not the viewer's. */
const SETTLE_MS = 2500;
/** Patches across and down; each is 100 x 90 pixels of the generated slide. */
const GRID = { full: 1000, quick: 100 };
/** Scales: screen pixels per level-0 pixel, at the start and at the end; speed: screen pixels a second. */
const MOVES = {
  pan_overview: { from: 1 / 64, to: 1 / 64, speed: 300 },
  pan_middle: { from: 1 / 12, to: 1 / 12, speed: 600 },
  pan_close: { from: 1 / 3, to: 1 / 3, speed: 600 },
  zoom: { from: 1 / 100, to: 1, speed: 100 },
};

export const VIEWER_CASES = { frames: measureFrames, open: measureOpening };

/** The same moves without the layer and with it, in alternation. */
async function measureFrames(ctx) {
  const slide = await getSlide(ctx, 'huge');
  const layers = join(ctx.tmp, 'layers');
  const count = await writePatches(layers, slide, ctx.quick ? GRID.quick : GRID.full);
  const server = await startTileServer(ourServer(ctx, slide, { layers: [layers], stain: false }));
  const browser = await openBrowser();
  ctx.versions.chromium = browser.version();
  try {
    const sides = { slide_alone: 'none', patches: 'patches' };
    const found = { slide_alone: [], patches: [] };
    for (let round = 0; round <= ctx.rounds; round += 1) {
      const order = Object.entries(sides);
      for (const [side, shown] of round % 2 === 0 ? order : order.reverse()) {
        const moved = await moveAll(
          browser,
          `${server.url}/#/slide/${getId(slide)}?layers=${shown}`,
          ctx.quick ? 1 : 4,
        );
        if (side === 'patches' && moved.layerTiles === 0) throw new BenchError('no tile of the patches was drawn');
        ctx.log(`  round ${round}: ${side} ${JSON.stringify(moved.frames)}`);
        // The first round warms the server.
        if (round > 0) found[side].push(moved.frames);
      }
    }
    return listFrames(ctx, found, `${count} patches`);
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** @returns seconds between frames as frames a second: of each move the median, and the 5th percentile */
async function moveAll(browser, address, seconds) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.goto(address);
    await waitForPicture(page);
    const frames = {};
    let layerTiles = 0;
    for (const [name, move] of Object.entries(MOVES)) {
      const { times, tiles } = await moveSlide(page, { ...move, seconds });
      layerTiles += tiles;
      const sorted = times.sort((a, b) => a - b);
      const at = (share) => 1000 / sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
      frames[name] = { median: at(0.5), p5: at(0.95) };
    }
    return { frames, layerTiles };
  } finally {
    await context.close();
  }
}

function listFrames(ctx, found, detail) {
  return Object.entries(found).flatMap(([side, runs]) =>
    Object.keys(MOVES).flatMap((move) =>
      ['median', 'p5'].map((figure) => {
        const judged = side === 'patches' && figure === 'median' && !ctx.quick;
        const values = runs.map((frames) => frames[move][figure]);
        const own = {
          unit: 'frames/s',
          detail: side === 'patches' ? detail : '',
          ...(judged && { atLeast: LEAST_FPS }),
        };
        return row(`viewer.${side}.${move}.${figure}`, values, own);
      }),
    ),
  );
}

/** From navigation until the slide is seen, by a server that has just started and in a window that is open: both see it first. */
async function measureOpening(ctx) {
  const slide = await getSlide(ctx, 'ycbcr');
  const browser = await openBrowser();
  ctx.versions.chromium = browser.version();
  const waits = { covered: [], sharp: [] };
  try {
    for (let round = 0; round <= ctx.rounds; round += 1) {
      const { covered, sharp } = await openOnce(ctx, browser, slide);
      ctx.log(`  round ${round}: ${covered.toFixed(0)} ms, ${sharp.toFixed(0)} ms`);
      // The first round warms the disk and the browser's own start.
      if (round === 0) continue;
      waits.covered.push(covered / 1000);
      waits.sharp.push(sharp / 1000);
    }
  } finally {
    await browser.close();
  }
  const judged = !ctx.quick && { atMost: MOST_SECONDS };
  return [
    row('viewer.open.covered', waits.covered, { unit: 's', detail: 'the whole slide is seen', ...judged }),
    row('viewer.open.sharp', waits.sharp, { unit: 's', detail: 'all tiles of the view' }),
  ];
}

/** @returns milliseconds from navigation */
async function openOnce(ctx, browser, slide) {
  const server = await startTileServer(ourServer(ctx, slide));
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    await sleep(SETTLE_MS);
    await page.goto(`${server.url}/#/slide/${getId(slide)}`, { waitUntil: 'commit' });
    return { covered: await waitForCover(page), sharp: await waitForPicture(page) };
  } finally {
    await context.close();
    await server.stop();
  }
}

/** A table of patches over the generated slide, with a number each. @returns how many */
async function writePatches(folder, slide, across) {
  await mkdir(folder, { recursive: true });
  const out = createWriteStream(join(folder, `${getId(slide)}_patches.csv`));
  out.write('x,y,width,height,score\n');
  for (let line = 0; line < across; line += 1) {
    const rows = Array.from({ length: across }, (_, col) => {
      const score = 0.5 + Math.sin(col / 40) * Math.cos(line / 60) * 0.5;
      return `${col * 100},${line * 90},100,90,${score.toFixed(5)}\n`;
    });
    if (!out.write(rows.join(''))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  return across * across;
}

function getId(slide) {
  return basename(slide, extname(slide));
}
