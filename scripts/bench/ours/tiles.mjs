// tiles.mjs JOB [--keep FILE]: reads every cell of JOB ({path, cells: [[level, x, y, width, height]], passes}) by readRegion, one
// after another, the slide opened anew for each pass. With --keep: some twenty cells once, their RGB written to FILE.
import { readFileSync, writeFileSync } from 'node:fs';
import { openSlide } from '../../../dist/index.js';
import { measure } from '../lib/measure.mjs';

const [job, , keep] = process.argv.slice(2);
const { path, cells, passes } = JSON.parse(readFileSync(job, 'utf8'));

await measure({ name: 'slideloom-tiles', unit: 'tiles', work: keep === undefined ? readAll : readSome });

async function readAll() {
  for (let pass = 0; pass < passes; pass += 1) await readCells(cells, () => {});
  return passes * cells.length;
}

async function readSome() {
  const step = Math.ceil(cells.length / 20);
  const chosen = cells.filter((_, index) => index % step === 0);
  const kept = [];
  await readCells(chosen, (data) => kept.push(data));
  writeFileSync(keep, Buffer.concat(kept));
  return chosen.length;
}

async function readCells(list, take) {
  const slide = await openSlide(path);
  try {
    for (const [level, x, y, width, height] of list) {
      const { data } = await slide.readRegion({ level, x, y, width, height });
      if (data.length !== width * height * 3) throw new Error(`a tile of ${data.length} bytes`);
      take(data);
    }
  } finally {
    await slide.close();
  }
}
