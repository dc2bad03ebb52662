import { stat } from 'node:fs/promises';
import { DatasetError } from '../../utils/errors.ts';
import { getErrorCode } from '../../utils/output-error.ts';

/** What becomes of a picture that can't be read: it ends the run, or it is left out and listed. */
export const BAD_IMAGE_CHOICES = ['fail', 'skip'] as const;

export type BadImageChoice = (typeof BAD_IMAGE_CHOICES)[number];

export interface SkippedImage {
  readonly path: string;
  readonly message: string;
}

/** Files that are looked up at a time. */
const PARALLEL = 32;

/**
 * Looks before the first step whether all pictures are there, so that none is missed hours later. Their content is not read.
 * @returns those that are there, in their order, and the others
 * @throws DatasetError for the first that is missing, with `fail`
 */
export async function checkImages<T extends { readonly path: string }>(
  examples: readonly T[],
  onBadImage: BadImageChoice,
): Promise<{ readonly examples: T[]; readonly skipped: SkippedImage[] }> {
  const kept: T[] = [];
  const skipped: SkippedImage[] = [];
  for (let from = 0; from < examples.length; from += PARALLEL) {
    const some = examples.slice(from, from + PARALLEL);
    const problems = await Promise.all(some.map(({ path }) => findProblem(path)));
    for (const [i, example] of some.entries()) {
      const message = problems[i];
      if (message === undefined) kept.push(example);
      else if (onBadImage === 'skip') skipped.push({ path: example.path, message });
      else throw new DatasetError(example.path, message, { reason: 'missing-image' }, { hint: BAD_IMAGE_HINT });
    }
  }
  return { examples: kept, skipped };
}

export const BAD_IMAGE_HINT = "mend or remove it, or choose onBadImage 'skip' to leave such pictures out and list them";

async function findProblem(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).isFile() ? undefined : 'is not a regular file';
  } catch (cause) {
    return getErrorCode(cause) === 'ENOENT' ? 'no such file' : cause instanceof Error ? cause.message : String(cause);
  }
}
