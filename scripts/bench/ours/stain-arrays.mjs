// stain-arrays.mjs arrays|ours SOURCE TARGET SIZE IMAGES: normalises IMAGES different pictures of SIZE x SIZE pixels (the
// source repeated, turned on by some pixels each time) one after another. `arrays` is the textbook's program: one array for
// each line of the method, 136 bytes a pixel, all alive to the end of the function. Densities 24,
// those of tissue 24, coordinates 16, angles 8, concentrations 16, new densities 24, new colours 24.
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { computePercentile } from '../../../dist/preprocessing/stain-normalization/kernels/percentile.js';
import { computeSymmetricEigen } from '../../../dist/preprocessing/stain-normalization/kernels/symmetric-eigen.js';
import { loadStainMethod } from '../../../dist/preprocessing/stain-normalization/methods.js';
import { composeMap, invertStains } from '../../../dist/preprocessing/stain-normalization/vectors/vectors.js';
import { measure } from '../lib/measure.mjs';

const [arm, source, target, sizeText, images] = process.argv.slice(2);
const size = Number(sizeText);
const method = await loadStainMethod('macenko');

async function readPixels(path) {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** The source again and again, from another place each time. */
function createPicture(tile, number) {
  const data = new Uint8Array(3 * size * size);
  for (let y = 0; y < size; y += 1) {
    const row = tile.data.subarray(3 * tile.width * ((y + number) % tile.height)).subarray(0, 3 * tile.width);
    for (let x = 0; x < size; x += tile.width) data.set(row.subarray(0, 3 * (size - x)), 3 * (y * size + x));
  }
  return { width: size, height: size, data };
}

function computeDensities(rgb) {
  const table = Float64Array.from({ length: 256 }, (_, v) => -Math.log((v + 1) / 240));
  const out = new Float64Array(rgb.length);
  for (let i = 0; i < rgb.length; i += 1) out[i] = table[rgb[i]];
  return out;
}

function selectTissue(densities) {
  const tissue = new Float64Array(densities.length);
  let at = 0;
  for (let p = 0; p < densities.length; p += 3) {
    const [r, g, b] = [densities[p], densities[p + 1], densities[p + 2]];
    if (r < 0.15 || g < 0.15 || b < 0.15) continue;
    tissue[at] = r;
    tissue[at + 1] = g;
    tissue[at + 2] = b;
    at += 3;
  }
  return tissue.subarray(0, at);
}

function computeCovariance(rows) {
  const count = rows.length / 3;
  const mean = new Float64Array(3);
  for (let p = 0; p < rows.length; p += 3) for (let c = 0; c < 3; c += 1) mean[c] += rows[p + c];
  const [mr, mg, mb] = mean.map((sum) => sum / count);
  let [rr, rg, rb, gg, gb, bb] = [0, 0, 0, 0, 0, 0];
  for (let p = 0; p < rows.length; p += 3) {
    const [r, g, b] = [rows[p] - mr, rows[p + 1] - mg, rows[p + 2] - mb];
    rr += r * r;
    rg += r * g;
    rb += r * b;
    gg += g * g;
    gb += g * b;
    bb += b * b;
  }
  return Float64Array.of(rr, rg, rb, rg, gg, gb, rb, gb, bb).map((sum) => sum / (count - 1));
}

/** Each row of three times each of `columns`, which are two or three. */
function multiply(rows, columns) {
  const width = columns.length;
  const out = new Float64Array((rows.length / 3) * width);
  for (const [k, [a, b, c]] of columns.entries())
    for (let p = 0, at = k; p < rows.length; p += 3, at += width)
      out[at] = rows[p] * a + rows[p + 1] * b + rows[p + 2] * c;
  return out;
}

function computeAngles(flat) {
  const out = new Float64Array(flat.length / 2);
  for (let i = 0; i < out.length; i += 1) out[i] = Math.atan2(flat[2 * i + 1], flat[2 * i]);
  return out;
}

function computeColours(densities) {
  const out = new Float64Array(densities.length);
  for (let i = 0; i < out.length; i += 1) out[i] = Math.min(255, 240 * Math.exp(-densities[i]));
  return out;
}

function pick(values, at) {
  const out = new Float64Array(values.length / 2);
  for (let i = 0; i < out.length; i += 1) out[i] = values[2 * i + at];
  return out;
}

function keepArrays(rgb, wanted) {
  const densities = computeDensities(rgb);
  const tissue = selectTissue(densities);
  const { vectors } = computeSymmetricEigen(computeCovariance(tissue));
  const sign = vectors[6] < 0 ? -1 : 1;
  const axes = [vectors.subarray(6, 9).map((value) => sign * value), vectors.subarray(3, 6)];
  const flat = multiply(tissue, axes);
  const angles = computeAngles(flat);
  const ends = [1, 99].map((share) => computePercentile(angles, share));
  const found = ends.map((end) => [0, 1, 2].map((c) => axes[0][c] * Math.cos(end) + axes[1][c] * Math.sin(end)));
  const stains = found[0][0] > found[1][0] ? found : found.reverse();
  const rows = invertStains(stains);
  const amounts = multiply(densities, rows);
  const strengths = [0, 1].map((k) => computePercentile(pick(amounts, k), 99));
  const ratios = wanted.maxConcentrations.map((most, k) => most / strengths[k]);
  const map = composeMap(wanted.stains, rows, ratios);
  const lines = [map.subarray(0, 3), map.subarray(3, 6), map.subarray(6, 9)];
  const changed = multiply(densities, lines);
  const colours = computeColours(changed);
  const out = new Uint8Array(colours);
  // All of them live until here.
  return { out, arrays: [densities, tissue, flat, angles, amounts, changed, colours] };
}

function stream(picture, wanted) {
  const out = new Uint8Array(picture.data.length);
  method.createTransform(method.fit(picture).statistics, wanted)(picture, out);
  return out;
}

const [tile, wanted] = [await readPixels(source), method.fit(await readPixels(target)).statistics];
const hash = createHash('sha256');
await measure({
  name: `slideloom ${arm}`,
  unit: 'images',
  work: () => {
    for (let i = 0; i < Number(images); i += 1) {
      const picture = createPicture(tile, i);
      hash.update(arm === 'arrays' ? keepArrays(picture.data, wanted).out : stream(picture, wanted));
    }
    return { n: Number(images), sha256: hash.digest('hex') };
  },
});
