import type { TissueOptions } from '../preprocessing/tissue-detection/options.ts';
import { fillIn, findInFolder, isFolder, STEM } from './locate-labels.ts';
import type { SlideInput } from './slide-inputs.ts';

/**
 * The options of one slide of a run: `polygons` is a file then. `{stem}` is the slide's name in the run, since what was corrected lies
 * in the folder of that name: of two slides with the same file name each has its own.
 * @throws OptionError where a folder has several files of that name
 */
export async function locateTissue<T extends TissueOptions | false | undefined>(
  options: T,
  { id, path }: Pick<SlideInput, 'id' | 'path'>,
): Promise<T> {
  if (!options || options.polygons === undefined) return options;
  const { polygons: given } = options;
  if (given.includes(STEM)) return { ...options, polygons: await fillIn(given, path, id) };
  return (await isFolder(given)) ? { ...options, polygons: await findInFolder(given, path, 'annotations') } : options;
}
