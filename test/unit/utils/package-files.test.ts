import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { findRoot, locateBuilt, locateWorker, readPackageJson } from '../../../src/utils/package-files.ts';
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

test('the package of somebody else is passed over: code that was put into another bundle says so', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slideloom-package-'));
  try {
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'package.json'), '{"name":"an-app","version":"7.0.0"}');
    expect(() => findRoot(pathToFileURL(join(folder, 'dist/')))).toThrow(/no package.json of slideloom/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the search ends at the top, which is a drive on Windows', () => {
  expect(() => findRoot(new URL('file:///'))).toThrow(/no package.json of slideloom/);
  expect(() => findRoot(new URL('file:///C:/no-such-folder/'))).toThrow(/no package.json of slideloom/);
});
