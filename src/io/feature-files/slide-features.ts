import type { FeatureLayout } from './feature-table.ts';

/** The features of one slide, out of a file. */
export interface SlideFeatures {
  /** Whose file it is. */
  readonly layout: FeatureLayout;
  /** The slide's name, as the file says it; else the file's own without extension. */
  readonly slide: string;
  /** Patches. */
  readonly count: number;
  /** Numbers of each. */
  readonly dim: number;
  /** count x dim */
  readonly features: Float32Array;
  /** Level-0 pixel of each patch's top-left corner. Undefined in STAMP's files, which have microns alone. */
  readonly x: Float64Array | undefined;
  readonly y: Float64Array | undefined;
  /** The same in microns: in STAMP's files, and in native ones of slides whose pixel size is known. */
  readonly micronsX: Float64Array | undefined;
  readonly micronsY: Float64Array | undefined;
  /** Level-0 pixels that a patch spans; undefined in the files of CLAM and STAMP. */
  readonly patchSize: { readonly x: number; readonly y: number } | undefined;
  /** Microns per level-0 pixel; in native files alone. */
  readonly mpp: { readonly x: number; readonly y: number } | undefined;
  /** Level-0 pixels; in the files of native and TRIDENT. */
  readonly slideWidth: number | undefined;
  readonly slideHeight: number | undefined;
  /** Name of the model; not in CLAM's files. */
  readonly model: string | undefined;
  /** What else the file says, as it says it. */
  readonly facts: Readonly<Record<string, unknown>>;
}
