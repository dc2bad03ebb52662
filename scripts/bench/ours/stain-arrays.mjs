// stain-arrays.mjs naive|optimised SOURCE TARGET SIZE IMAGES: normalises IMAGES different pictures of SIZE x SIZE pixels (the source
// repeated, turned on by some pixels each time) one after another. `naive` is the library's mode of that name: one array for each line
// of the method, 136 bytes a pixel, all alive until the picture is done. Densities 24, those of tissue 24, coordinates 16, angles 8,
// concentrations 16, new densities 24, new colours 24.
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { createStainNormalizer } from '../../../dist/index.js';
import { measure } from '../lib/measure.mjs';

const [mode, source, target, sizeText, images] = process.argv.slice(2);
const size = Number(sizeText);

async function readPixels(path) {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data: new Uint8Array(data) };
}

/** The source again and again, from another place each time. */
function createPicture(tile, number) {
  const data = new Uint8Array(3 * size * size);
  for (let y = 0; y < size; y += 1) {
    const row = tile.data.subarray(3 * tile.width * ((y + number) % tile.height)).subarray(0, 3 * tile.width);
    for (let x = 0; x < size; x += tile.width) data.set(row.subarray(0, 3 * (size - x)), 3 * (y * size + x));
  }
  return { width: size, height: size, channels: 3, data };
}

const tile = await readPixels(source);
const normalizer = await createStainNormalizer({ method: 'macenko', target: await readPixels(target), mode });
const hash = createHash('sha256');
await measure({
  name: `slideloom ${mode}`,
  unit: 'images',
  work: () => {
    for (let i = 0; i < Number(images); i += 1) hash.update(normalizer.transform(createPicture(tile, i)).pixels);
    return { n: Number(images), sha256: hash.digest('hex') };
  },
});
