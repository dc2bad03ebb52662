// Which tiles of a slide are asked for: addresses of Deep Zoom, in an order of no pattern, the same for every side.
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BenchError } from './alternate.mjs';

/** Level 0 and the level above it as Deep Zoom has them. */
export async function openTileWork(root, slide) {
  const { openSlide } = await import(pathToFileURL(join(root, 'dist', 'index.js')).href);
  const opened = await openSlide(slide);
  const { width, height, levels } = opened;
  await opened.close();
  const tileSize = levels[0].tileWidth;
  const last = Math.ceil(Math.log2(Math.max(width, height)));
  const name = encodeURIComponent(basename(slide, extname(slide)));
  return {
    tileSize,
    /** @param above levels above level 0; @returns `count` different whole tiles, then `more` others */
    list(above, count, more) {
      const columns = Math.floor(width / 2 ** above / tileSize);
      const rows = Math.floor(height / 2 ** above / tileSize);
      if (columns * rows < count + more)
        throw new BenchError(`${slide} has ${columns * rows} tiles there, not ${count + more}`);
      const step = findStep(columns * rows);
      const all = Array.from({ length: count + more }, (_, index) => {
        const at = (index * step) % (columns * rows);
        return `/slides/${name}_files/${last - above}/${at % columns}_${Math.floor(at / columns)}.jpg`;
      });
      return { paths: all.slice(0, count), warm: all.slice(count) };
    },
  };
}

/** Steps of the golden ratio visit every tile once when they share no factor with their number. */
function findStep(count) {
  const share = (a, b) => (b === 0 ? a : share(b, a % b));
  let step = Math.round(count * 0.618);
  while (share(step, count) !== 1) step += 1;
  return step;
}
