import type { RgbPixels } from '../../src/preprocessing/stain-normalization/stain-method.ts';
import { createSeededRandom } from './seeded-random.ts';

/** Optical densities of two stains, unit length. */
export const TEST_STAINS = [
  [0.65, 0.7, 0.2957],
  [0.2159, 0.8012, 0.5581],
] as const;

export interface TissueOptions {
  readonly width?: number;
  readonly height?: number;
  /** Share of white glass, 0..1. */
  readonly glass?: number;
  readonly seed?: number;
  /** Factors of both stains: another laboratory. */
  readonly strength?: readonly [number, number];
}

/** A picture of two stains in changing amounts on white glass, with a little noise: no anatomy, but all that methods ask. */
export function createTissue(options: TissueOptions = {}): RgbPixels {
  const { width = 96, height = 96, glass = 0.25, seed = 1, strength = [1, 1] } = options;
  const random = createSeededRandom(seed);
  const data = new Uint8Array(3 * width * height);
  for (let p = 0; p < data.length; p += 3) {
    const empty = p < glass * data.length;
    const h = empty ? 0 : strength[0] * (0.15 + 1.3 * random.uniform() ** 2);
    const e = empty ? 0 : strength[1] * (0.15 + 0.9 * random.uniform());
    for (let c = 0; c < 3; c++) {
      const light = 240 * Math.exp(-h * TEST_STAINS[0][c]! - e * TEST_STAINS[1][c]!);
      data[p + c] = empty ? 255 : Math.min(255, Math.round(light + 3 * (random.uniform() - 0.5)));
    }
  }
  return { width, height, data };
}

/** A picture of one colour. */
export function createFlat(color: readonly [number, number, number], width = 64, height = 64): RgbPixels {
  return { width, height, data: Uint8Array.from({ length: 3 * width * height }, (_, i) => color[i % 3]!) };
}
