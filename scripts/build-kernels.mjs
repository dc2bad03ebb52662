#!/usr/bin/env node
// build-kernels.mjs [FOLDER]: compiles src/io/kernels/assembly to one WebAssembly module with SIMD, for the build in FOLDER
// (dist/ by default). Memory is imported, so that the host sets its cap.
import { mkdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = relative(root, join(resolve(process.argv[2] ?? join(root, 'dist')), 'io', 'kernels', 'kernels.wasm'));
mkdirSync(join(root, dirname(out)), { recursive: true });
const { error, stderr } = await asc.main(
  [
    'src/io/kernels/assembly/index.ts',
    ...['--outFile', out, '--baseDir', root],
    ...[
      '-O3',
      '--converge',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--importMemory',
      '--zeroFilledMemory',
    ],
    ...['--maximumMemory', '65536', '--initialMemory', '1'],
  ],
  {},
);
if (error) {
  process.stderr.write(`${stderr.toString()}\n${error.message}\n`);
  process.exit(1);
}
