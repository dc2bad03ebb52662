import { stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { findFeatures, isFeatureFile } from '../../train/bags/find-features.ts';
import { DatasetError } from '../../utils/errors.ts';

/** A slide that is to be predicted. */
export interface SlideEntry {
  readonly slide: string;
  /** Its file of features; undefined where a table names none. */
  readonly features: string | undefined;
  /** What a table says of a slide without features. */
  readonly problem: string | undefined;
  /** Known to have no patches. */
  readonly isEmpty: boolean;
}

/**
 * Slides of feature files, folders and tables, in the order of the inputs. A file that is named and is not there stays in the
 * list, as does a slide that a table has without features.
 * @throws SourceError; DatasetError where a slide comes twice, or none
 */
export async function listSlides(inputs: readonly string[]): Promise<SlideEntry[]> {
  const entries: SlideEntry[] = [];
  for (const input of inputs) {
    if (isFeatureFile(input) && !(await isFolder(input)))
      entries.push(createEntry(basename(input, extname(input)), resolve(input)));
    else
      for (const { slide, features, problem } of await findFeatures(input))
        entries.push(createEntry(slide, features, problem));
  }
  const seen = new Map<string, SlideEntry>();
  for (const entry of entries) {
    // Files are named after it.
    if (/[/\\\0]/.test(entry.slide) || entry.slide === '')
      throw new DatasetError(entry.slide, 'no name of a slide: it has slashes, or nothing', { reason: 'slide-name' });
    const earlier = seen.get(entry.slide);
    if (earlier)
      throw new DatasetError(
        entry.features ?? entry.slide,
        `the slide ${entry.slide} is there twice${earlier.features ? `, also in ${earlier.features}` : ''}`,
        { reason: 'duplicate' },
        { hint: 'name each slide once' },
      );
    seen.set(entry.slide, entry);
  }
  if (entries.length === 0) throw new DatasetError(inputs.join(', '), 'no slides', { reason: 'empty' });
  return entries;
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
}

function createEntry(slide: string, features: string | undefined, problem?: string): SlideEntry {
  return { slide, features, problem, isEmpty: features === undefined && problem === 'no-patches' };
}
