import type { FeatureLayout } from './feature-table.ts';

/** The features of one slide, out of a file. */
export interface FeatureSet {
  readonly layout: FeatureLayout;
  /** Patches. */
  readonly rows: number;
  /** Numbers of each. */
  readonly dimension: number;
  /** rows x dimension */
  readonly features: Float32Array;
  /** Level-0 pixel of each patch's top-left corner: x, y after x, y. Undefined in STAMP's files, which have microns alone. */
  readonly corners: Float64Array | undefined;
  /** The same in microns, where the file has them. */
  readonly microns: Float64Array | undefined;
  /** Name of the model, where the file says it. */
  readonly encoder: string | undefined;
  /** Side of a patch in level-0 pixels (x, y), where the file says it. */
  readonly span: { readonly x: number; readonly y: number } | undefined;
  /** What else the file says, as it says it. */
  readonly facts: Readonly<Record<string, unknown>>;
}
