// patches.mjs SLIDE OUT --coords FILE --size N --format png|jpg --workers N: our side of the patches bench, as a child.
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { extractPatches } from '../../../dist/index.js';
import { measure } from '../lib/measure.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    coords: { type: 'string' },
    size: { type: 'string' },
    format: { type: 'string' },
    workers: { type: 'string' },
  },
});
const [slide, out] = positionals;
const coords = JSON.parse(readFileSync(values.coords, 'utf8'));

await measure({ name: `slideloom-${values.format}`, unit: 'patches', work: cut });

/** Cuts exactly these patches of level 0, as files, and counts what lies there afterwards. */
async function cut() {
  await extractPatches(slide, {
    coords,
    size: Number(values.size),
    level: 0,
    format: values.format === 'jpg' ? 'jpeg' : values.format,
    quality: 85, // Pillow's side has the same
    overview: false,
    out,
    workers: Number(values.workers),
  });
  return readdirSync(out, { recursive: true }).filter((file) => /_y-?\d+_\d+px\.(png|jpg)$/.test(file)).length;
}
