import type { DensityMapTables } from '../../io/kernels/stain-map-tables.ts';

/** Three numbers for R, G, B (optical densities of a stain), or for the three axes of a colour space. */
export type Vector3 = readonly [number, number, number];

/** What stain separation knows of an image, a slide or a cohort. */
export interface StainVectors {
  readonly kind: 'stains';
  /** Unit vectors in optical density space: haematoxylin, eosin, and what is left where a method has a third. */
  readonly stains: readonly Vector3[];
  /** For each stain the concentration that counts as its full strength (mostly the 99th percentile); 1 where unused. */
  readonly maxConcentrations: readonly number[];
}

/** What colour transfer (Reinhard) knows: moments in the colour space of the method. */
export interface ColorMoments {
  readonly kind: 'color';
  readonly mean: Vector3;
  readonly deviation: Vector3;
}

export type StainStatistics = StainVectors | ColorMoments;

/** Why nothing can be said about the stains of some pixels. */
export type DegenerateReason =
  | 'empty'
  | 'too-few-tissue-pixels'
  | 'one-colour'
  | 'rank-deficient'
  | 'vanishing-concentrations'
  | 'no-convergence'
  | 'implausible-stains';

export type StainFit =
  | {
      readonly status: 'fitted';
      readonly statistics: StainStatistics;
      readonly pixels: number;
      readonly tissuePixels: number;
    }
  | {
      readonly status: 'degenerate';
      readonly reason: DegenerateReason;
      readonly pixels: number;
      readonly tissuePixels: number;
    };

/** Pixels as they come: RGB, 8 bits, interleaved; `width * height * 3` bytes. Nobody who receives them changes them. */
export interface RgbPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * Writes the normalised pixels to `out`, which may be the input's own buffer. Depends on nothing but the pixel, so that a slide
 * normalised tile by tile has no seams; only methods that say so (`usesNeighbours`) look at the picture as a whole.
 */
export interface PixelTransform {
  (pixels: RgbPixels, out: Uint8Array): void;
  /** What it does to each pixel, where that is a map of densities: for pixels that lie in the memory of kernels already. */
  readonly tables?: DensityMapTables;
}

/**
 * One published variant of a normaliser, under its own name. Stateless: statistics are plain data that can be written to JSON.
 */
export interface StainMethod {
  readonly name: string;
  readonly usesNeighbours: boolean;
  /** Whether `fit` looks at where pixels lie, so that only pictures of one width can be pooled, one below the other. */
  readonly fitUsesNeighbours?: boolean;
  /** The built-in target, where the method has one. */
  readonly reference: StainStatistics | undefined;
  fit(pixels: RgbPixels): StainFit;
  createTransform(source: StainStatistics, target: StainStatistics): PixelTransform;
}
