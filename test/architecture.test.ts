import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { findBreaches, LAYERS, type Rule } from './support/architecture-rules.ts';
import { ROOT } from './support/shared-data.ts';
import { scanSource } from './support/source-imports.ts';

// The kernels are AssemblyScript, a language and a compiler of their own: they import nothing but each other.
const house = Object.fromEntries(
  globSync('src/**/*', { cwd: ROOT, ignore: 'src/io/kernels/assembly/**' }).map((file) => [
    file,
    readFileSync(join(ROOT, file), 'utf8'),
  ]),
);

/** A house in order, into which each test plants one breach. */
const SOUND: Record<string, string> = {
  'src/index.ts': `export { openSlide } from './slide/slide.ts';`,
  'src/utils/errors.ts': 'export const a = 1;',
  'src/utils/log.ts': 'export const log = (text: string) => console.error(text);',
  'src/geometry/polygon.ts': `import { a } from '../utils/errors.ts';\nexport const b = a;`,
  'src/io/codec/sharp.ts': `import sharp from 'sharp';\nexport { sharp };`,
  'src/slide/slide.ts': `import type { b } from '../geometry/polygon.ts';\nexport const openSlide = () => 1;`,
  'src/onnx/runtime/load-runtime.ts': `export const load = () => import('onnxruntime-node');`,
  'src/preprocessing/tissue-detection.ts': `import './tissue-detection/opencv.ts';`,
  'src/preprocessing/tissue-detection/opencv.ts': `export const load = () => import('opencv-wasm');`,
  'src/pipeline/pool.ts': `export const worker = new URL('./pool-worker.js', import.meta.url);`,
  'src/pipeline/pool-worker.ts': `import { openSlide } from '../slide/slide.ts';\nopenSlide();`,
  'src/cli/main.ts': `const run = () => import('./commands/run.ts');\nvoid run;`,
  'src/cli/commands/run.ts': `import '../../pipeline/pool.ts';`,
  'src/viewer/contract.ts': 'export interface Facts { readonly a: 1 }',
  'src/viewer/page/main.tsx': `import { render } from 'preact';\nimport type { Facts } from '../contract.ts';\nimport './scale.ts';`,
  'src/viewer/page/scale.ts': `import { b } from '../../geometry/polygon.ts';\nexport const scale = b;`,
};

function plant(files: Record<string, string>): Rule[] {
  return findBreaches({ ...SOUND, ...files }).map((breach) => breach.rule);
}

describe('the house', () => {
  it('has sources to look at', () => {
    expect(Object.keys(house).length).toBeGreaterThan(10);
    const edges = Object.values(house).flatMap((text) => scanSource(text).imports);
    expect(edges.length).toBeGreaterThan(10);
  });

  it('keeps its rules', () => {
    expect(findBreaches(house).map((breach) => breach.message)).toEqual([]);
  });

  it('is drawn in docs/architecture.md as it stands', () => {
    const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
    for (const file of Object.keys(house)) {
      const folder = file.split('/')[1] ?? '';
      if (LAYERS[folder] !== undefined) expect(page, folder).toContain(`  ${folder}/`);
    }
  });
});

describe('planted breaches are caught', () => {
  it('a sound house has none', () => {
    expect(findBreaches(SOUND)).toEqual([]);
  });

  it.each<[string, Rule, Record<string, string>]>([
    ['an import from above', 'layer', { 'src/io/up.ts': `import { openSlide } from '../slide/slide.ts';` }],
    ['a type from above', 'layer', { 'src/io/up.ts': `import type { openSlide } from '../slide/slide.ts';` }],
    ['an import() type from above', 'layer', { 'src/io/up.ts': `type T = import('../slide/slide.ts').T;` }],
    ['a re-export from above', 'layer', { 'src/io/up.ts': `export * from '../slide/slide.ts';` }],
    ['a lazy import from above', 'layer', { 'src/io/up.ts': `const f = () => import('../slide/slide.ts');` }],
    ['a worker from above', 'layer', { 'src/io/up.ts': `new URL('../slide/slide.ts', import.meta.url);` }],
    ['a worker in a template', 'layer', { 'src/io/up.ts': `new URL(\`../slide/slide.\${ext}\`, import.meta.url);` }],
    ['a folder of the same layer', 'layer', { 'src/slide/x.ts': `import '../onnx/runtime/load-runtime.ts';` }],
    ['geometry from utils', 'layer', { 'src/utils/x.ts': `import '../geometry/polygon.ts';` }],
    ['the public names from inside', 'layer', { 'src/cli/x.ts': `import { openSlide } from '../index.ts';` }],
    ['several lines', 'layer', { 'src/io/up.ts': `import {\n  a,\n  openSlide,\n} from '../slide/slide.ts';` }],
    [
      'an import cycle',
      'cycle',
      { 'src/io/a.ts': `import './b.ts';`, 'src/io/b.ts': `import './c.ts';`, 'src/io/c.ts': `import './a.ts';` },
    ],
    ['koffi outside its binding', 'package', { 'src/slide/x.ts': `import koffi from 'koffi';` }],
    ['onnxruntime outside its session', 'package', { 'src/onnx/x.ts': `await import('onnxruntime-node');` }],
    ['a subpath of it', 'package', { 'src/onnx/x.ts': `import 'onnxruntime-node/lib/x.js';` }],
    ['opencv elsewhere', 'package', { 'src/preprocessing/x.ts': `const cv = require('opencv-wasm');` }],
    [
      'opencv by createRequire',
      'package',
      { 'src/io/x.ts': `const cv = createRequire(import.meta.url)('opencv-wasm') as Cv;` },
    ],
    ['sharp outside io', 'package', { 'src/slide/x.ts': `import sharp from 'sharp';` }],
    ['console', 'console', { 'src/io/x.ts': `console.log('here');` }],
    ['an unknown folder', 'map', { 'src/helpers/x.ts': '' }],
    ['a loose file', 'map', { 'src/x.ts': '' }],
    ['camelCase', 'name', { 'src/io/myFile.ts': '' }],
    ['a snake_case folder', 'name', { 'src/io/my_folder/x.ts': '' }],
    ['a stage without a door', 'stage', { 'src/preprocessing/extract-patches/x.ts': '' }],
    ['401 lines', 'length', { 'src/io/x.ts': 'export {};\n'.repeat(401) }],
    ['a missing file', 'unresolved', { 'src/io/x.ts': `import './gone.ts';` }],
    ['a way out of src', 'unresolved', { 'src/io/x.ts': `import '../../scripts/build.mjs';` }],
    ['the page from outside', 'page', { 'src/viewer/x.ts': `import './page/scale.ts';` }],
    [
      'the server from the page',
      'page',
      { 'src/viewer/page/x.tsx': `import '../routes.ts';`, 'src/viewer/routes.ts': '' },
    ],
    ['Node in the page', 'page', { 'src/viewer/page/x.ts': `import { readFileSync } from 'node:fs';` }],
    [
      'Node below the page',
      'page',
      { 'src/geometry/x.ts': `import 'node:fs';`, 'src/viewer/page/x.ts': `import '../../geometry/x.ts';` },
    ],
    ['a package of the server in the page', 'page', { 'src/viewer/page/x.ts': `import { z } from 'zod';` }],
    ['a package of the page elsewhere', 'package', { 'src/viewer/x.ts': `import { render } from 'preact';` }],
    ['an import that hides', 'opaque', { 'src/io/x.ts': 'const f = (name: string) => import(name);' }],
    ['a require by another name', 'opaque', { 'src/io/x.ts': 'const load = createRequire(import.meta.url);' }],
  ])('%s', (_name, rule, files) => {
    expect(plant(files)).toEqual([rule]);
  });

  it.each<[string, Record<string, string>]>([
    ['a comment', { 'src/io/x.ts': `// import x from 'koffi'\n/* console.log(1); import('sharp') */` }],
    ['a string', { 'src/slide/x.ts': `const text = "import sharp from 'sharp'; console.log(1)";` }],
    ['a template', { 'src/slide/x.ts': `const t = \`import s from 'sharp' \${f({ a: \`}\` })} console.log(1)\`;` }],
    ['a string after a quote in a regex', { 'src/io/x.ts': `const r = /['"\`]/g; const s = "console.log(1)";` }],
    ['a division', { 'src/io/x.ts': `const a = b / c; const s = 'x / console.log(1)';` }],
    [
      'a require of one of ours',
      { 'src/io/x.ts': `const require = createRequire(import.meta.url); require('node:fs');` },
    ],
    ['400 lines', { 'src/io/x.ts': 'export {};\n'.repeat(400) }],
    ['data beside the code', { 'src/io/x.ts': `new URL('./kernels.wasm', import.meta.url);` }],
  ])('%s is no breach', (_name, files) => {
    expect(findBreaches({ ...SOUND, ...files })).toEqual([]);
  });
});
