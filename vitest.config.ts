import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { defineConfig } from 'vitest/config';

/** Where the counts of a run go as JSON, for programs that judge it (.ci/run); nothing is written without it. */
const report = process.env['SLIDELOOM_TEST_REPORT'];

/**
 * Tests that need a process of their own: those of folders that fill or weigh memory, and those that say that they weigh the
 * process, replace a module or take WebAssembly away. All others share three: to start a process and to load the library again
 * takes longer than most of them. One paints thousands of small rings, which took twice as
 * long in a shared process.
 */
const FOLDERS = /^test\/(corrupt|lifetime)\/|^test\/golden\/mask-rules-opencv/;
const WORDS = /memoryUsage|VmHWM|\/proc\/self|vi\.mock\(|spyOn\(WebAssembly/;
const alone = globSync('test/**/*.test.ts').filter(
  (file) => FOLDERS.test(file) || WORDS.test(readFileSync(file, 'utf8')),
);

/**
 * Pictures are memory outside of V8's heap that makes it go through the whole heap again and again: collections were a fifth of
 * the CPU of files that cut patches. Files that weigh memory do so with what users have.
 */
const FEWER_COLLECTIONS = ['--initial-old-space-size=256', '--min-semi-space-size=16'];

export default defineConfig({
  test: {
    pool: 'forks',
    // One more than the cores of a small machine: tests of whole commands wait for their processes.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is polled for comes at once, or on a busy machine later; its default is one second.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    setupFiles: ['test/support/leak-check.ts', 'test/support/property-seed.ts', 'test/support/compare-bytes.ts'],
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      {
        extends: true,
        test: {
          ...{ name: 'shared', include: ['test/**/*.test.ts'], exclude: alone },
          ...{ isolate: false, execArgv: FEWER_COLLECTIONS },
        },
      },
    ],
  },
});
