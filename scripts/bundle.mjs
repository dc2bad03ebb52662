// Joins the compiled modules of a build into few files, in place: one for each entry, and chunks for what entries share or
// load on use. Node then finds, reads and compiles a dozen files where there were a hundred and fifty: a worker starts in
// 36 ms of CPU where it took 80, the library in 25 where it took 100, and each thread takes 5 to 8 MB less. Types stay
// beside the entries, a file a module.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** Modules inside the library that benches, tests of whole processes, and the scripts that write docs load by themselves. */
const INSIDE = [
  ...['jpeg-decode', 'jpeg-encode', 'png-encode', 'wasm-kernels'].map((name) => `io/kernels/${name}.js`),
  ...['io/source/buffer-source.js', 'io/tiff/open-tiff.js', 'io/tiff/tiff-image.js'],
  ...['utils/errors.js', 'utils/extract.js', 'utils/open-handles.js'],
  ...[
    'onnx/open-forward.js',
    'onnx/train-step.js',
    'onnx/device/open-trainer.js',
    'io/safetensors/read-safetensors.js',
  ],
  ...['train/optimizers.js', 'train/optimizers/parameter-groups.js', 'train/optimizers/clip-gradients.js'],
  ...['train/step-memory.js', 'train/batches/buffer-pool.js', 'onnx/model.js', 'onnx/write-graph.js'],
  ...['onnx/model.js', 'onnx/model/encode-message.js', 'onnx/quantize.js'],
  ...['cli/commands.js', 'cli/format-help.js', 'slide/format-facts.js'],
  'preprocessing/stain-normalization/methods.js',
];

/** @param folder of what the compiler wrote */
export async function bundle(root, folder) {
  const compiled = listModules(folder);
  const workers = compiled.filter((file) => file.endsWith('-worker.js'));
  // Each worker by itself: what it shares with the library would be more files for it to load.
  const groups = [[...listPublic(root), ...INSIDE], ...workers.map((worker) => [worker])];
  const outputs = [];
  for (const entries of groups) outputs.push(...(await joinModules(folder, entries)));
  for (const file of compiled) rmSync(join(folder, file));
  mkdirSync(join(folder, 'chunks'));
  for (const { fileName, code } of outputs) writeFileSync(join(folder, fileName), code);
}

/** @returns the files of these entries: their names in the build, and their code */
async function joinModules(folder, entries) {
  const bundler = await rolldown({
    input: Object.fromEntries(entries.map((file) => [file.slice(0, -'.js'.length), join(folder, file)])),
    platform: 'node',
    external: /^[^./]/, // packages and Node's own modules stay where they are
  });
  const { output } = await bundler.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    comments: false, // what is said of a name stands in the types beside it; V8 holds a module's whole text
  });
  await bundler.close();
  return output;
}

function listModules(folder) {
  return readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.js'));
}

/** What package.json hands out, as paths in the build. */
function listPublic(root) {
  const { bin, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const files = [...Object.values(bin), ...Object.values(exports).map((target) => target.default ?? target)];
  return files.filter((file) => file.startsWith('./dist/')).map((file) => file.slice('./dist/'.length));
}
