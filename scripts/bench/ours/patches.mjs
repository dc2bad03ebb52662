// patches.mjs SLIDE OUT --coords FILE --size N --format png|jpg --workers N [--tissue] [--stain] [--shards] [--unchecked]: our
// side of the benches of patch files, as a child. Beside the result: stored tiles read, and VmHWM at 10, 50 and 100 % of the
// patches.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { detectTissue, extractPatches, openSlide } from '../../../dist/index.js';
import { measure, readPeakMb } from '../lib/measure.mjs';
import { readPatchArguments } from './patch-arguments.mjs';

const PATCH = /_y-?\d+_\d+px\.(png|jpg)$/;
const { slide, out, coords, size, workers, format, stain, tissue, shards, unchecked } = readPatchArguments();

await measure({ name: `slideloom-${format}`, unit: 'patches', work: cut });

/** Cuts exactly these patches of level 0, as files, and counts what lies there afterwards. */
async function cut() {
  const peaks = [];
  const { tilesRead } = await extractPatches(slide, {
    tissue: tissue ? await findTissue() : undefined,
    coords,
    size,
    level: 0,
    format: format === 'jpg' ? 'jpeg' : format,
    quality: 85, // Pillow's side has the same
    overview: false,
    ...(shards && { container: 'shards' }),
    checkCopies: !unchecked,
    ...(stain && { stain: { method: 'macenko' } }),
    out,
    workers,
    onProgress(done, total) {
      while (done / total >= [0.1, 0.5, 1][peaks.length]) peaks.push(readPeakMb());
    },
  });
  // Counted after the measurement: the list of 40,000 names would be a part of the peak.
  return { n: () => listPatches().length, tiles_read: tilesRead, peaks_mb: peaks };
}

/** Files below the folder and, for shards, what `tar` finds in them. */
function listPatches() {
  const files = readdirSync(out, { recursive: true });
  const list = (file) => execFileSync('tar', ['-tf', join(out, file)], { encoding: 'utf8' }).split('\n');
  const packed = files.filter((file) => file.endsWith('.tar')).flatMap(list);
  return [...files.filter((file) => PATCH.test(file)), ...packed.filter((name) => /\.(png|jpg)$/.test(name))];
}

/** As the command line does before it cuts; where corners are given the tissue decides nothing but whose stains are found. */
async function findTissue() {
  const opened = await openSlide(slide);
  try {
    return await detectTissue(opened);
  } finally {
    await opened.close();
  }
}
