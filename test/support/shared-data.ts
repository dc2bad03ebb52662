import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it, type SuiteFactory } from 'vitest';

/** The project's root. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Folder with real slides and golden outputs, beside the project. */
export const SHARED = join(dirname(ROOT), 'shared');

/** Absolute path of a file below the shared folder. */
export function sharedPath(...parts: string[]): string {
  return join(SHARED, ...parts);
}

/**
 * A suite that needs the shared data: runs where it lies beside the project, is skipped loudly elsewhere, and fails in CI,
 * where a missing folder must not look like success.
 */
export function describeWithShared(name: string, factory: SuiteFactory): void {
  if (existsSync(join(SHARED, 'data', 'INDEX.md'))) describe(name, factory);
  else skipLoudly(name, 'the shared data folder beside the project');
}

/** One test in place of a suite that can't run: skipped with a line on stderr, failed when the environment says `CI`. */
export function skipLoudly(name: string, needs: string): void {
  const inCi = ['true', '1'].includes(process.env['CI'] ?? '');
  process.stderr.write(`${inCi ? 'FAILED' : 'SKIPPED'}: "${name}" needs ${needs}\n`);
  describe(name, () => {
    it.skipIf(!inCi)(`has ${needs}`, () => {
      throw new Error(`"${name}" needs ${needs}, and in CI nothing may be skipped`);
    });
  });
}
