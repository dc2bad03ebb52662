/** What slides and methods must be so that a slide can be given other colours piece by piece. */
import type { Slide } from '../../slide/slide.ts';
import { OptionError } from '../../utils/errors.ts';
import { loadStainMethod } from '../stain-normalization/methods.ts';
import type { StainMethodName } from '../stain-normalization/options.ts';

/** Whether its pixels are 8-bit RGB of light that went through tissue: fluorescence has no stains. */
export function isStainedPicture({ channels, background, shown }: Slide): boolean {
  const [first, ...rest] = channels;
  const rgb = first?.samples === 3 && (first.type ?? 'uint8') === 'uint8' && rest.length === 0;
  return rgb && background !== 'dark' && shown?.channel === undefined;
}

/** @throws OptionError for a method whose pixels depend on others: pieces would have seams */
export async function checkPixelwise(method: StainMethodName): Promise<void> {
  if (!(await loadStainMethod(method)).usesNeighbours) return;
  throw new OptionError('method', 'a method that changes each pixel by itself, for a slide', method, {
    hint: 'it looks at the whole of each picture, and a slide is read in pieces',
  });
}
