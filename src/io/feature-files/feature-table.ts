/** Features of one slide, on their way into a file. */

/** Whose files: slideloom's own (safetensors), or those of CLAM, TRIDENT and STAMP (HDF5). */
export const FEATURE_LAYOUTS = ['native', 'clam', 'trident', 'stamp'] as const;
export type FeatureLayout = (typeof FEATURE_LAYOUTS)[number];

/** Elements of the features in a native file; the other layouts have types of their own. */
export const FEATURE_PRECISIONS = ['float32', 'float16'] as const;
export type FeaturePrecision = (typeof FEATURE_PRECISIONS)[number];

interface Pair {
  readonly x: number;
  readonly y: number;
}

/** What files say of the slide, its patches and the model. */
export interface FeatureFacts {
  /** Names the files: the slide's file name without extension. */
  readonly slide: string;
  /** Level-0 pixels. */
  readonly width: number;
  readonly height: number;
  /** Microns per level-0 pixel; undefined where nobody knows. */
  readonly mpp: Pair | undefined;
  readonly patch: {
    /** Pixels that the model saw, square. */
    readonly size: number;
    /** Of those, shared by neighbours. */
    readonly overlap: number;
    /** Level-0 pixels that it spans. */
    readonly span: Pair;
    /** Microns per patch pixel (x axis). */
    readonly mpp: number | undefined;
  };
  /** The stored level whose pixels the patches have, or level 0, and how many of its pixels a patch spans. */
  readonly level: {
    readonly index: number;
    readonly width: number;
    readonly height: number;
    readonly downsample: Pair;
    readonly size: number;
  };
  /** Of the slide's own pixels and of the patches', such as 40 and 20; undefined where it can't be told. */
  readonly magnification: { readonly slide: number; readonly patch: number } | undefined;
  readonly model: {
    /** File name without extension. */
    readonly name: string;
    readonly sha256: string;
    readonly output: string;
    /** What of its output the features are. */
    readonly take: string;
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
  /** How the patches' colours were normalised, where they were. */
  readonly stain?: { readonly method: string; readonly fit: string };
}

export interface FeatureTable {
  /** Patches. */
  readonly rows: number;
  /** Numbers of each. */
  readonly dimension: number;
  /** Level-0 pixel of each patch's top-left corner: x, y after x, y. */
  readonly corners: Float64Array;
  readonly facts: FeatureFacts;
  /**
   * The features row by row in blocks of whole rows; the same each time it is asked for. A block holds until the next one is
   * asked for.
   */
  readBlocks(): Iterable<Float32Array>;
}
