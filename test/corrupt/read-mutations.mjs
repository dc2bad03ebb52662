// read-mutations.mjs SLIDELOOM COUNT NAME FILES...: damages each slide in turn, COUNT times in all, and reads what was damaged.
// Prints one JSON line: outcomes, what took longest, what was no error of ours, and the peak of memory.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, count, name, ...files] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(folder, path)).href);
const { openSlide } = await load('slide/index.js');
const { createBufferSource } = await load('io/source/index.js');
const { isSlideloomError } = await load('utils/errors.js');

const bases = [];
for (const file of files) bases.push(await describe(file));

const report = { outcomes: {}, slowest: { milliseconds: 0 }, crashes: [], unsound: [] };
for (let i = 0; i < Number(count); i++) {
  const base = bases[i % bases.length];
  const random = createRandom(i + 1);
  const target = base.tiles[random(base.tiles.length)];
  const bytes = damage(base, target, random);
  const [start, before] = [performance.now(), process.cpuUsage()];
  const { outcome, message } = await read(base.file, bytes, target);
  const { user, system } = process.cpuUsage(before);
  // What it took itself: others may be at work on the machine. A process that waits for ever runs into its own time limit.
  const milliseconds = Math.min(performance.now() - start, (user + system) / 1000);
  report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + 1;
  if (outcome === 'crash') report.crashes.push({ file: base.file, number: i, message });
  if (milliseconds > report.slowest.milliseconds)
    report.slowest = { milliseconds, file: base.file, number: i, outcome };
}
// What is sound is sound afterwards: no decoder has been left in pieces.
for (const { file, bytes, tiles } of bases) {
  const { outcome, message } = await read(file, bytes, tiles[0]);
  if (outcome !== 'pixels') report.unsound.push({ file, message });
}
const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
console.log(JSON.stringify({ name, ...report, peakMegabytes: Number(peak) / 1024 }));

/** The slide's bytes, and where in them its stored tiles lie. */
async function describe(file) {
  const bytes = new Uint8Array(readFileSync(file));
  const slide = await openSlide(file, { backend: 'native' });
  try {
    const { tileWidth, tileHeight } = slide.levels[0];
    const columns = Math.ceil(slide.width / tileWidth);
    const layout = await slide.getTileLayout?.(0);
    const tiles = [];
    for (let index = 0; index < columns * Math.ceil(slide.height / tileHeight); index++) {
      const region = { x: (index % columns) * tileWidth, y: Math.floor(index / columns) * tileHeight, level: 0 };
      const place = layout ? { offset: layout.offsets[index], length: layout.counts[index] } : undefined;
      tiles.push({ ...place, region: { ...region, width: tileWidth, height: tileHeight } });
    }
    return { file, bytes, tiles };
  } finally {
    await slide.close();
  }
}

/** Mostly the headers of one tile's stream, sometimes the rest of it, sometimes the file's own tables. */
function damage({ bytes }, { offset, length }, random) {
  const damaged = bytes.slice();
  const kind = random(10);
  const edge = Math.min(bytes.length, 4096);
  let [from, size] = [offset, length];
  if (offset === undefined || kind === 0) [from, size] = random(2) === 0 ? [0, edge] : [bytes.length - edge, edge];
  else if (kind < 6) size = Math.min(length, 160);
  for (let left = 1 + random(4); left > 0; left--) {
    const at = from + random(size);
    const how = random(6);
    if (how === 0) damaged[at] = random(256);
    else if (how === 1) damaged.set([0xff, 0xff, 0xff, 0xff].slice(0, damaged.length - at), at);
    else if (how === 2) damaged.fill(0, at, Math.min(at + random(64), damaged.length));
    else if (how === 3) damaged.copyWithin(at, from + random(size), from + size);
    else damaged[at] ^= 1 << random(8);
  }
  // Now and then the file ends within the tile.
  return offset !== undefined && random(12) === 0 ? damaged.subarray(0, offset + random(length)) : damaged;
}

async function read(file, bytes, { region }) {
  let slide;
  try {
    slide = await openSlide(createBufferSource(bytes, file), { backend: 'native' });
    await slide.readRegion(region);
    if (slide.width * slide.height < 2 ** 16) await slide.readThumbnail(64);
    return { outcome: 'pixels' };
  } catch (error) {
    const fault = isSlideloomError(error) ? findFault(error) : error;
    if (fault) return { outcome: 'crash', message: String(fault?.stack ?? fault) };
    return { outcome: error.tag, message: error.message };
  } finally {
    await slide?.close();
  }
}

/** A slip of the program that an error of ours carries as its cause: the bytes may be bad, the reader may not stumble over them. */
function findFault(error) {
  const slips = [TypeError, RangeError, ReferenceError];
  // What has a code was raised on purpose: zlib's limits are a RangeError too.
  for (let at = error, depth = 0; at instanceof Error && depth < 9; at = at.cause, depth++)
    if (slips.some((slip) => at instanceof slip) && !('code' in at)) return at;
  return undefined;
}

/** Whole numbers below `end` (xorshift32). */
function createRandom(seed) {
  let state = Math.imul(seed, 2654435761) | 1;
  return (end) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % end;
  };
}
