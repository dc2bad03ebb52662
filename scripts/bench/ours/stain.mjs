// stain.mjs whole|apply SOURCE TARGET REPS [--plain]: our side of macenko_numpy.py. `whole` finds the stains of the source and
// normalises it, each time anew; `apply` has found them before. --plain is a machine without SIMD: TypeScript alone.
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { measure } from '../lib/measure.mjs';

const [mode, source, target, reps, plain] = process.argv.slice(2);
if (plain === '--plain') WebAssembly.validate = () => false;
const { loadStainMethod } = await import('../../../dist/preprocessing/stain-normalization/methods.js');

async function readPixels(path) {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

const method = await loadStainMethod('macenko');
const [image, example] = [await readPixels(source), await readPixels(target)];
const wanted = method.fit(example).statistics;
const known = method.createTransform(method.fit(image).statistics, wanted);
const out = new Uint8Array(image.data.length);

function normalise() {
  if (mode === 'apply') return known(image, out);
  return method.createTransform(method.fit(image).statistics, wanted)(image, out);
}

// Compilers of the engine are at work in the first half second of a process; a worker lives for minutes.
for (const end = performance.now() + 700; performance.now() < end; ) normalise();

await measure({
  name: `slideloom ${mode}`,
  unit: 'images',
  work: () => {
    for (let i = 0; i < Number(reps); i += 1) normalise();
    const sha256 = createHash('sha256').update(out).digest('hex');
    return { n: Number(reps), width: image.width, height: image.height, sha256 };
  },
});
