// encode-sharp.mjs png|jpg PACK PASSES [OUT]: sharp in the encode bench, one image at a time on one thread. PNG is level 6
// with adaptive filters, its best in size; JPEG has the standard Huffman tables, its fastest.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { measure } from '../lib/measure.mjs';

const [format, file, passes, out] = process.argv.slice(2);
const SIZE = 512;
const PATCH = SIZE * SIZE * 3;
sharp.cache(false);
sharp.concurrency(1);
const raw = readFileSync(file);
const patches = Array.from({ length: raw.length / PATCH }, (_, i) => raw.subarray(i * PATCH, (i + 1) * PATCH));

function encode(patch) {
  const image = sharp(patch, { raw: { width: SIZE, height: SIZE, channels: 3 } });
  if (format === 'png') return image.png({ compressionLevel: 6, adaptiveFiltering: true }).toBuffer();
  return image.jpeg({ quality: 85, optimiseCoding: false, mozjpeg: false }).toBuffer();
}

for (const [i, patch] of patches.entries()) {
  const bytes = await encode(patch);
  if (out !== undefined) writeFileSync(join(out, `${i}.${format}`), bytes);
}

await measure({
  name: 'sharp',
  unit: 'MP',
  versions: { sharp: sharp.versions.sharp, libvips: sharp.versions.vips },
  work: async () => {
    for (let pass = 0; pass < Number(passes); pass += 1) for (const patch of patches) await encode(patch);
    return (Number(passes) * raw.length) / 3e6;
  },
});
