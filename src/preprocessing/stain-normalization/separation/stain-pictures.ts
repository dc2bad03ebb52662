/** Normalised pictures of one stain alone, as torchstain and HEnorm give them beside the whole. */
import { createMapTransform } from '../apply/create-stain-map.ts';
import { createDensityTable } from '../apply/density-table.ts';
import type { PixelTransform, StainVectors } from '../stain-method.ts';
import { getStrengthRatios } from '../vectors/stain-vectors.ts';
import { composeMap, invertStains } from '../vectors/vectors.ts';

const INTENSITY = 240;
const DENSITY = createDensityTable(INTENSITY);

/** `over`: what a value above 255 becomes, 254 in HEnorm. */
export interface StainPictureOptions {
  readonly stain: 'haematoxylin' | 'eosin';
  readonly over?: number;
}

/** For statistics of `macenko` and `macenko-henorm`: RGB, with the other stain taken away. */
export function createStainPicture(
  source: StainVectors,
  target: StainVectors,
  { stain, over = 255 }: StainPictureOptions,
): PixelTransform {
  const kept = stain === 'haematoxylin' ? 0 : 1;
  const factors = getStrengthRatios(source, target).map((ratio, k) => (k === kept ? ratio : 0));
  const map = composeMap(target.stains, invertStains(source.stains), factors);
  return createMapTransform(DENSITY, map, { intensity: INTENSITY, over });
}
