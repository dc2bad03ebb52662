import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The version of onnxruntime-node that is installed, for the result line. */
export function readRuntimeVersion() {
  // Its package.json is no entry of the package.
  const main = createRequire(import.meta.url).resolve('onnxruntime-node');
  return { onnxruntime: JSON.parse(readFileSync(join(dirname(dirname(main)), 'package.json'), 'utf8')).version };
}
