import { stat } from 'node:fs/promises';
import { OutputError } from '../../utils/errors.ts';

/** @throws OutputError where `path` is one of the files that are read, by whatever name */
export async function protectInputs(path: string, inputs: readonly string[]): Promise<void> {
  const own = await identify(path);
  if (own === undefined) return;
  for (const input of inputs) {
    if ((await identify(input)) !== own) continue;
    throw new OutputError(path, `is ${input}, which is read`, { hint: 'give another path' });
  }
}

/** Undefined where there is no such file; an input may be an address. */
async function identify(path: string): Promise<string | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats && `${stats.dev}:${stats.ino}`;
}
