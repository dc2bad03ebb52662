// Annotations to masks: painting and writing beside OpenCV and libvips, reading beside Python's iterparse.
import { dirname, join } from 'node:path';
import { runChild } from '../lib/alternate.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { checkBuilt, peerCommand } from '../lib/peers.mjs';
import { median, row } from '../lib/rows.mjs';

export const name = 'masks';
export const describe = 'masks of annotations beside OpenCV and libvips; reading XML beside iterparse';
export const options = {};

const MODULES = ['cv2', 'numpy'];
/** Sides in pixels, polygons, and vertices of each. */
const SHAPES = {
  huge: { size: 100_000, polygons: 1000, vertices: 400, quick: { size: 20_000, polygons: 40 } },
  tiff: { size: 20_000, polygons: 100, vertices: 100, quick: { size: 4000 } },
  fill: { size: 16_384, polygons: 100, vertices: 10_000, quick: { size: 4096, vertices: 1000 } },
  xml: { size: 100_000, polygons: 1000, vertices: 5000, quick: { vertices: 300 } },
  'xml-small': { size: 100_000, polygons: 100_000, vertices: 50, quick: { polygons: 3000 } },
};
const TARGETS = {
  huge: { cpuSeconds: 8, peakMb: 200 },
  tiff: { 'ours.x_per_cpu_s': { atLeast: 2 }, 'ours.x_peak_mb': { atMost: 0.4 } },
  fill: { 'ours.x_per_cpu_s': { atLeast: 0.8 } },
  xml: { 'ours.x_per_cpu_s': { atLeast: 5 }, 'ours.peak_mb': { atMost: 70 } },
  'xml-small': { 'ours.peak_mb': { atMost: 70 } },
};

export async function run(ctx) {
  checkBuilt(ctx.root);
  return [
    ...(await measureHuge(ctx, 8)),
    ...(await measureHuge(ctx, 1)),
    ...(await compareFiles(ctx)),
    ...(await compareFills(ctx)),
    ...(await compareReading(ctx, 'xml')),
    ...(await compareReading(ctx, 'xml-small')),
  ];
}

function getShape(ctx, kind) {
  const { quick, ...shape } = SHAPES[kind];
  return ctx.quick ? { ...shape, ...quick } : shape;
}

function ours(ctx, ...args) {
  return [process.execPath, join(ctx.root, 'scripts', 'bench', 'ours', 'masks.mjs'), ...args];
}

/** No peer does it in the memory that there is. */
async function measureHuge(ctx, bits) {
  const { size, polygons, vertices } = getShape(ctx, 'huge');
  const prefix = bits === 8 ? 'masks.huge' : 'masks.huge-1bit';
  const args = ['huge', `${size}`, `${polygons}`, `${vertices}`];
  const { rows, results } = await compareSides(ctx, prefix, {
    sides: { ours: (folder) => ours(ctx, ...args, join(folder, 'mask.tif'), `${bits}`) },
    unit: 'MP',
  });
  const { cpuSeconds, peakMb } = ctx.quick ? {} : TARGETS.huge;
  const take = (field) => results.ours.map((run) => run[field]);
  const detail = `${size} x ${size} pixels of ${bits} bits with pyramid, ${polygons} polygons of ${vertices} vertices`;
  return [
    row(`${prefix}.cpu`, take('cpu_s'), { unit: 'CPU-s', atMost: cpuSeconds, detail }),
    row(`${prefix}.peak`, take('peak_mb'), { unit: 'MB', atMost: peakMb, detail }),
    ...rows.filter(({ figure }) => !figure.endsWith('peak_mb')),
  ];
}

async function compareFiles(ctx) {
  const { size, polygons, vertices } = getShape(ctx, 'tiff');
  const shape = ['--size', `${size}`, '--polygons', `${polygons}`, '--vertices', `${vertices}`];
  const peer = [...peerCommand(ctx.root, 'mask_cv2.py', MODULES), ...shape];
  const out = (folder) => join(folder, 'mask.tif');
  const sides = {
    opencv: (folder) => [...peer, '--tiff', out(folder)],
    ours: (folder) => ours(ctx, 'tiff', `${size}`, `${polygons}`, `${vertices}`, out(folder)),
  };
  const { rows, results } = await compareSides(ctx, 'masks.tiff', { sides, unit: 'megapixels', targets: TARGETS.tiff });
  return [compareFilled('masks.tiff', results), ...rows];
}

/** The first fill of a process, our code still being compiled, and a second one. */
async function compareFills(ctx) {
  const { size, polygons, vertices } = getShape(ctx, 'fill');
  const shape = [size, polygons, vertices].map(String);
  const [python, shared] = peerCommand(ctx.root, 'mask_cv2.py', MODULES);
  const peer = join(ctx.root, 'scripts', 'bench', 'peers', 'fill_cv2.py');
  const sides = {
    opencv: () => [python, peer, dirname(shared), ...shape],
    ours: () => ours(ctx, 'fill', ...shape),
  };
  const { rows, results } = await compareSides(ctx, 'masks.fill', { sides, unit: 'megapixels', targets: TARGETS.fill });
  const [theirs, own] = [results.opencv, results.ours].map((runs) => runs.map((run) => run.again_cpu_s));
  const detail = `the second fill of the same process: ${median(own)} to ${median(theirs)} CPU-s`;
  const again = row('masks.fill.again.x_per_cpu_s', median(theirs) / median(own), { unit: 'x', detail });
  return [compareFilled('masks.fill', results), ...rows, again];
}

/** The same rule on the same rings takes the same pixels. */
function compareFilled(prefix, { opencv, ours: mine }) {
  const [theirs, own] = [opencv[0].filled, mine[0].filled];
  const detail = `pixels that are set here and not there, of ${theirs}`;
  return row(`${prefix}.difference`, Math.abs(own - theirs), { unit: 'pixels', atMost: 0, detail });
}

/** @param kind few large regions, or many small ones */
async function compareReading(ctx, kind) {
  const { size, polygons, vertices } = getShape(ctx, kind);
  const prefix = `masks.${kind}`;
  const file = join(ctx.tmp, `${kind}.xml`);
  const shape = ['--size', `${size}`, '--polygons', `${polygons}`, '--vertices', `${vertices}`];
  const made = await runChild([...peerCommand(ctx.root, 'make_xml.py', ['numpy']), file, ...shape], { cwd: ctx.tmp });
  const { rows, results } = await compareSides(ctx, prefix, {
    sides: {
      iterparse: () => [...peerCommand(ctx.root, 'xml_iterparse.py', ['xml.etree']), file],
      ours: () => ours(ctx, 'xml', file),
    },
    unit: 'vertices',
    targets: TARGETS[kind],
  });
  const [theirs, own] = [results.iterparse[0], results.ours[0]];
  const difference = Math.max(Math.abs(theirs.sum_x - own.sum_x), Math.abs(theirs.sum_y - own.sum_y));
  const detail = `of the sums of all coordinates of ${own.regions} regions, ${made.mb} MB`;
  return [
    row(`${prefix}.difference`, difference / theirs.sum_x, { unit: 'of the sum', atMost: 1e-9, detail }),
    ...rows,
  ];
}
