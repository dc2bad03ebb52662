import type { SlideFeatures } from '../../io/feature-files/slide-features.ts';
import { TensorFileError } from '../../utils/errors.ts';

/** Where the patches of a slide lie. */
export interface PatchPlaces {
  /** Level-0 pixels; microns in the files of STAMP, which has no pixels. */
  readonly unit: 'px' | 'um';
  /** Top-left corners. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** What each patch spans; undefined where nobody says it. */
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/**
 * Where the patches of a feature file lie, and how large they are.
 * @param span level-0 pixels that a patch spans, where the file does not say it (CLAM)
 * @throws TensorFileError where the file has no places
 */
export function getPatchPlaces(
  { x, y, micronsX, micronsY, patchSize, facts }: Omit<SlideFeatures, 'features'>,
  { path, span }: { readonly path: string; readonly span?: number | undefined },
): PatchPlaces {
  if (x && y) {
    const { x: width, y: height } = patchSize ?? { x: span, y: span };
    return { unit: 'px', x, y, width, height };
  }
  const side = facts['tile_size_um'];
  const microns = typeof side === 'number' && side > 0 ? side : undefined;
  if (micronsX && micronsY) return { unit: 'um', x: micronsX, y: micronsY, width: microns, height: microns };
  throw new TensorFileError(path, 'it does not say where the patches lie', {
    hint: 'give files with coordinates, or write no attention (--attention none)',
  });
}
