import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { locateBuilt, locateWorker, readPackageJson } from '../../../src/utils/package-files.ts';
import { ROOT } from '../../support/shared-data.ts';

test('the package is found from its sources', () => {
  expect(readPackageJson()).toMatchObject({ name: 'slideloom' });
  expect(fileURLToPath(locateBuilt('io/kernels/kernels.wasm'))).toBe(join(ROOT, 'dist/io/kernels/kernels.wasm'));
});

test('a worker is a built file, and one that is not built says what to run', () => {
  expect(() => locateWorker('utils/no-such-worker')).toThrow(join(ROOT, 'dist/utils/no-such-worker.js'));
  try {
    locateWorker('utils/no-such-worker');
  } catch (error) {
    expect(error).toMatchObject({ tag: 'worker', hint: 'run: npm run build' });
  }
  expect(existsSync(locateWorker('preprocessing/extract-patches/patch-worker'))).toBe(true);
});
