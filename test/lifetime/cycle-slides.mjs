// cycle-slides.mjs SLIDELOOM SLIDE CYCLES [BACKEND]: opens, reads and closes a slide again and again; prints what that costs as JSON,
// after a warm-up and after each of three rounds. Memory is in KiB.
// Run with --expose-gc: memory is looked at after a collection, so that what is left is what is held.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, path, cycles, backend] = process.argv.slice(2);
const { openSlide } = await import(pathToFileURL(join(folder, 'slide/index.js')).href);
const { getOpenHandles } = await import(pathToFileURL(join(folder, 'utils/open-handles.js')).href);

await cycle(100);
const rounds = [await measure()];
for (let round = 0; round < 3; round++) {
  await cycle(Number(cycles));
  rounds.push(await measure());
}
console.log(JSON.stringify({ rounds, openHandles: getOpenHandles().length }));

async function cycle(times) {
  for (let i = 0; i < times; i++) {
    const slide = await openSlide(path, { backend });
    const x = (i * 97) % Math.max(1, slide.width - 300);
    await slide.readRegion({ x, y: 0, level: 0, width: 300, height: 300 });
    if (i % 10 === 0) for (const name of slide.associatedImages) await slide.readAssociatedImage(name);
    slide.close();
    // Its end, which nobody has to wait for; here what is open is counted.
    await slide[Symbol.asyncDispose]();
  }
}

async function measure() {
  // Twice: finalizers of the first collection free what the second finds.
  for (let i = 0; i < 2; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { descriptors: readdirSync('/proc/self/fd').length, rss: rss / 1024, held: (heapUsed + external) / 1024 };
}
