// Annotations to masks: painting and writing beside OpenCV and libvips, reading beside Python's iterparse.
import { join } from 'node:path';
import { runChild } from '../lib/alternate.mjs';
import { compareSides } from '../lib/compare-sides.mjs';
import { checkBuilt, peerCommand } from '../lib/peers.mjs';
import { row } from '../lib/rows.mjs';

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
};
const TARGETS = {
  huge: { cpuSeconds: 8, peakMb: 200 },
  tiff: { 'ours.x_per_cpu_s': { atLeast: 2 }, 'ours.x_peak_mb': { atMost: 0.4 } },
  fill: { 'ours.x_per_cpu_s': { atLeast: 0.8 } },
  xml: { 'ours.x_per_cpu_s': { atLeast: 5 }, 'ours.peak_mb': { atMost: 70 } },
};

export async function run(ctx) {
  checkBuilt(ctx.root);
  return [
    ...(await measureHuge(ctx)),
    ...(await compareMasks(ctx, 'tiff')),
    ...(await compareMasks(ctx, 'fill')),
    ...(await compareReading(ctx)),
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
async function measureHuge(ctx) {
  const { size, polygons, vertices } = getShape(ctx, 'huge');
  const args = ['huge', `${size}`, `${polygons}`, `${vertices}`];
  const { rows, results } = await compareSides(ctx, 'masks.huge', {
    sides: { ours: (folder) => ours(ctx, ...args, join(folder, 'mask.tif')) },
    unit: 'MP',
  });
  const { cpuSeconds, peakMb } = ctx.quick ? {} : TARGETS.huge;
  const take = (field) => results.ours.map((run) => run[field]);
  const detail = `${size} x ${size} pixels with pyramid, ${polygons} polygons of ${vertices} vertices`;
  return [
    row('masks.huge.cpu', take('cpu_s'), { unit: 'CPU-s', atMost: cpuSeconds, detail }),
    row('masks.huge.peak', take('peak_mb'), { unit: 'MB', atMost: peakMb, detail }),
    ...rows.filter(({ figure }) => !figure.endsWith('peak_mb')),
  ];
}

async function compareMasks(ctx, kind) {
  const { size, polygons, vertices } = getShape(ctx, kind);
  const prefix = `masks.${kind}`;
  const shape = ['--size', `${size}`, '--polygons', `${polygons}`, '--vertices', `${vertices}`];
  const peer = [...peerCommand(ctx.root, 'mask_cv2.py', MODULES), ...shape];
  const out = (folder) => (kind === 'tiff' ? [join(folder, 'mask.tif')] : []);
  const sides = {
    opencv: (folder) => [...peer, ...(kind === 'tiff' ? ['--tiff', ...out(folder)] : [])],
    ours: (folder) => ours(ctx, kind, `${size}`, `${polygons}`, `${vertices}`, ...out(folder)),
  };
  const { rows, results } = await compareSides(ctx, prefix, { sides, unit: 'megapixels', targets: TARGETS[kind] });
  return [...compareFilled(prefix, results), ...rows];
}

/** The same rule on the same rings takes the same pixels. */
function compareFilled(prefix, { opencv, ours: mine }) {
  const [theirs, own] = [opencv[0].filled, mine[0].filled];
  if (own === undefined) return [];
  const detail = `pixels that are set here and not there, of ${theirs}`;
  return [row(`${prefix}.difference`, Math.abs(own - theirs), { unit: 'pixels', atMost: 0, detail })];
}

async function compareReading(ctx) {
  const { size, polygons, vertices } = getShape(ctx, 'xml');
  const file = join(ctx.tmp, 'annotations.xml');
  const shape = ['--size', `${size}`, '--polygons', `${polygons}`, '--vertices', `${vertices}`];
  const made = await runChild([...peerCommand(ctx.root, 'make_xml.py', ['numpy']), file, ...shape], { cwd: ctx.tmp });
  const { rows, results } = await compareSides(ctx, 'masks.xml', {
    sides: {
      iterparse: () => [...peerCommand(ctx.root, 'xml_iterparse.py', ['xml.etree']), file],
      ours: () => ours(ctx, 'xml', file),
    },
    unit: 'vertices',
    targets: TARGETS.xml,
  });
  const [theirs, own] = [results.iterparse[0], results.ours[0]];
  const difference = Math.max(Math.abs(theirs.sum_x - own.sum_x), Math.abs(theirs.sum_y - own.sum_y));
  const detail = `of the sums of all coordinates of ${own.regions} regions, ${made.mb} MB`;
  return [
    row('masks.xml.difference', difference / theirs.sum_x, { unit: 'of the sum', atMost: 1e-9, detail }),
    ...rows,
  ];
}
