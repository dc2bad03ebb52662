import { defineConfig } from 'vitest/config';

/** Where the counts of a run go as JSON, for programs that judge it (.ci/run); nothing is written without it. */
const report = process.env['SLIDELOOM_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is polled for comes at once, or on a busy machine later; its default is one second.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    setupFiles: ['test/support/leak-check.ts', 'test/support/property-seed.ts'],
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
