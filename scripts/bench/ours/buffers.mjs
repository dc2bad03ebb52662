// buffers.mjs SLIDE OUT --coords FILE --size N --workers N [--mpp N] [--fast] [--keep]: our side of the benches of pixels
// that go to a model: each patch is received and dropped. With --keep they are written to OUT as PNG, for a comparison.
import { join } from 'node:path';
import { openSlide, streamPatches } from '../../../dist/index.js';
import { createListPlan } from '../../../dist/preprocessing/index.js';
import { measure } from '../lib/measure.mjs';
import { readPatchArguments } from './patch-arguments.mjs';

const { slide: path, out, coords, size, workers, mpp, fast, keep } = readPatchArguments();

await measure({ name: 'slideloom-buffers', unit: 'patches', work: cut });

async function cut() {
  const slide = await openSlide(path);
  try {
    const where = mpp === undefined ? { level: 0 } : { mpp, fastDownsample: fast === true };
    const plan = createListPlan(slide, coords, { size, ...where });
    let n = 0;
    for await (const streamed of streamPatches(slide, plan, { layout: 'rgb', workers })) {
      const { patch, pixels } = streamed;
      if (pixels.length !== 3 * size * size) throw new Error(`a patch of ${pixels.length} bytes`);
      if (keep) await writePng(join(out, `${patch.x}_${patch.y}.png`), pixels);
      streamed.release();
      n += 1;
    }
    return n;
  } finally {
    await slide.close();
  }
}

async function writePng(file, pixels) {
  // Loaded here: the work that is measured needs none of it.
  const { default: sharp } = await import('sharp');
  await sharp(pixels, { raw: { width: size, height: size, channels: 3 } }).toFile(file);
}
