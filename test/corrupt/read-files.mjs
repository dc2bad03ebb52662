// read-files.mjs SLIDELOOM FILES...: opens and reads each file, one JSON line for each, and at last the peak of memory.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, ...files] = process.argv.slice(2);
const { openSlide } = await import(pathToFileURL(join(folder, 'slide/index.js')).href);
const { isSlideloomError } = await import(pathToFileURL(join(folder, 'utils/errors.js')).href);

const startMegabytes = readPeak();
for (const file of files) {
  const start = performance.now();
  const before = process.cpuUsage();
  const outcome = await read(file);
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ file, milliseconds, cpuMilliseconds: (user + system) / 1000, ...outcome }));
}
console.log(JSON.stringify({ startMegabytes, peakMegabytes: readPeak() }));

function readPeak() {
  const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(peak) / 1024;
}

/** Everything a user could ask of it: thumbnail, a region of each level, associated images, properties. */
async function read(file) {
  let slide;
  try {
    slide = await openSlide(file);
    await slide.readThumbnail(512);
    for (const level of slide.levels.keys()) await slide.readRegion({ x: 0, y: 0, level, width: 1024, height: 1024 });
    for (const name of slide.associatedImages) await slide.readAssociatedImage(name);
    return { outcome: 'read' };
  } catch (error) {
    return { outcome: isSlideloomError(error) ? error.tag : 'untyped', message: String(error?.message ?? error) };
  } finally {
    slide?.close();
  }
}
