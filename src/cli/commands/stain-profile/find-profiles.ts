import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSlideIds, type SlideInputOptions } from '../../../pipeline/slide-inputs.ts';
import { findPictures } from '../normalize/find-pictures.ts';

/** What a profile is made of, or read from. */
export interface ProfileTask {
  /** Names a profile that is written. */
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly mpp: SlideInputOptions['mpp'];
}

/** Files, and images and slides of folders and patterns. @throws OptionError */
export async function findProfiles(inputs: readonly string[], options: SlideInputOptions): Promise<ProfileTask[]> {
  const found: Omit<ProfileTask, 'id'>[] = [];
  for (const input of inputs) {
    const isFile = await stat(input).then(
      (stats) => stats.isFile(),
      () => false,
    );
    if (input.toLowerCase().endsWith('.json') || (isFile && !input.toLowerCase().endsWith('.csv')))
      found.push({ name: input, path: resolve(input), mpp: options.mpp });
    else
      for (const { name, path, slide } of await findPictures([input], options))
        found.push({ name, path: slide?.address ?? path, mpp: slide?.mpp ?? options.mpp });
  }
  const ids = createSlideIds(found.map(({ path }) => path));
  return found.map((one, index) => ({ ...one, id: ids[index] ?? '' }));
}
