import type { FeatureFacts, FeaturePrecision, FeatureTable } from '../feature-table.ts';

/** One file of a layout. */
export interface LayoutFile {
  /** Below the folder of the outputs, with forward slashes. */
  readonly path: string;
  /** The file's bytes in pieces, from front to back. */
  encode(table: FeatureTable): Iterable<Uint8Array>;
}

export interface LayoutOptions {
  /** Of native files. */
  readonly precision: FeaturePrecision;
  /** Folder of the outputs, as paths in files name it. */
  readonly out: string;
}

/** The files that a layout has for one slide; the first has the features. @throws OptionError for facts that it needs */
export type Layout = (facts: FeatureFacts, options: LayoutOptions) => readonly LayoutFile[];
