import type { PictureFormatChoice } from '../../../preprocessing/normalize-files/options.ts';
import { OptionError } from '../../../utils/errors.ts';
import type { NormalizeInput } from './find-pictures.ts';

const EXTENSIONS = { png: '.png', jpeg: '.jpg', tiff: '.tif' } as const;

/** Below the output folder: the name of the input, with the extension of what is written. */
export function nameOutput(
  { kind, name }: NormalizeInput,
  { format, layout }: { format: PictureFormatChoice; layout: 'bigtiff' | 'ome-tiff' },
): string {
  if (kind === 'slide') return `${name}${layout === 'ome-tiff' ? '.ome.tif' : '.tif'}`;
  return format === 'same' ? name : `${name.replace(/\.[^./]+$/, '')}${EXTENSIONS[format]}`;
}

/** @throws OptionError where two inputs would be one file; compared without case, as many systems do */
export function checkOutputNames(inputs: readonly { readonly path: string; readonly output: string }[]): void {
  const taken = new Map<string, string>();
  for (const { path, output } of inputs) {
    const key = output.toLowerCase();
    const other = taken.get(key);
    if (other !== undefined)
      throw new OptionError('inputs', `one input for each output, and not two for ${output}`, `${other} and ${path}`, {
        hint: 'give the folder above them, whose tree is kept, or leave --format out',
      });
    taken.set(key, path);
  }
}
