// encode.mjs png|jpg PACK PASSES [OUT]: our side of the encode bench. PACK is raw RGB patches of 512 x 512, one behind the
// other; with OUT, the files of one pass are written there.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJpegEncoder } from '../../../dist/io/kernels/jpeg-encode.js';
import { createPngEncoder } from '../../../dist/io/kernels/png-encode.js';
import { createKernels } from '../../../dist/io/kernels/wasm-kernels.js';
import { measure } from '../lib/measure.mjs';

const [format, file, passes, out] = process.argv.slice(2);
const SIZE = 512;
const PATCH = SIZE * SIZE * 3;
const raw = readFileSync(file);
const kernels = createKernels(raw.length + 16 * 2 ** 20);
const limits = { maxWidth: SIZE, maxHeight: SIZE };
const encoder =
  format === 'png' ? createPngEncoder(kernels, limits) : createJpegEncoder(kernels, { ...limits, quality: 85 });
// As in a worker, pixels lie in the kernels' memory already.
const band = kernels.allocate(raw.length);
kernels.bytes(band, raw.length).set(raw);
const blocks = Array.from({ length: raw.length / PATCH }, (_, i) => ({
  pixels: kernels.bytes(band + i * PATCH, PATCH),
  pitch: 3 * SIZE,
  width: SIZE,
  height: SIZE,
  channels: 3,
}));

if (out !== undefined) {
  for (const [i, block] of blocks.entries()) writeFileSync(join(out, `${i}.${format}`), encoder.encode(block));
}

// Compilers of the engine are at work in the first half second of a process; a worker lives for minutes.
for (const end = performance.now() + 700; performance.now() < end; ) for (const block of blocks) encoder.encode(block);

await measure({
  name: 'slideloom',
  unit: 'MP',
  work: () => {
    for (let pass = 0; pass < Number(passes); pass += 1) for (const block of blocks) encoder.encode(block);
    return (Number(passes) * raw.length) / 3e6;
  },
});
