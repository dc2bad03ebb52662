// leak-slide.mjs SLIDELOOM SLIDE: opens a slide, forgets it, and prints as JSON what the register of open handles knows.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, path] = process.argv.slice(2);
const { openSlide } = await import(pathToFileURL(join(folder, 'slide/index.js')).href);
const { getOpenHandles, setLeakListener } = await import(pathToFileURL(join(folder, 'utils/open-handles.js')).href);

const leaked = [];
setLeakListener((handle) => leaked.push(handle));
await forget();
const open = getOpenHandles();
for (let i = 0; i < 50 && leaked.length < 2; i++) {
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 20));
}
console.log(JSON.stringify({ open, leaked, left: getOpenHandles() }));

async function forget() {
  const slide = await openSlide(path);
  await slide.readRegion({ x: 0, y: 0, level: 0, width: 10, height: 10 });
}
