import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/**
 * Properties are drawn alike in every run, so that what passes once passes again: fast-check's own seed is the time of day.
 * To look further, `PROPERTY_SEED=7 npx vitest run test/property` (any integer), as often as one likes.
 */
const seed = Number(process.env['PROPERTY_SEED'] ?? 20_261_121);

// Loaded only where it is used: most test files have no properties.
const path = expect.getState().testPath;
if (path === undefined || readFileSync(path, 'utf8').includes("from 'fast-check'")) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
}
