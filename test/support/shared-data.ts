import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, type SuiteFactory } from 'vitest';

/** The project's root. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Folder with real slides and golden outputs, beside the project. */
export const SHARED = join(dirname(ROOT), 'shared');

/** Absolute path of a file below the shared folder. */
export function sharedPath(...parts: string[]): string {
  return join(SHARED, ...parts);
}

/** A suite that needs the shared data: runs where it lies beside the project, is skipped loudly elsewhere. */
export function describeWithShared(name: string, factory: SuiteFactory): void {
  const present = existsSync(join(SHARED, 'data', 'INDEX.md'));
  if (!present) process.stderr.write(`SKIPPED: "${name}" needs the shared data folder beside the project\n`);
  describe.skipIf(!present)(name, factory);
}
