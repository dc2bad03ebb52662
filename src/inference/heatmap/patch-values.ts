/** What the numbers of a heatmap are: shares of attention, probabilities of a class, or anything else. */
export type ValueKind = 'attention' | 'probability' | 'other';

/** Numbers of patches as a table or a model gives them; arrays of one length. */
export interface RawValues {
  /** The file that they come from, for messages. */
  readonly source: string;
  /** What they are: `attention`, a class, a column. */
  readonly name: string;
  readonly kind: ValueKind;
  /** Of corners and sides: level-0 pixels or microns. */
  readonly unit: 'px' | 'um';
  /** Top-left corners. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** What patches span; NaN where it is not said. */
  readonly width: Float64Array;
  readonly height: Float64Array;
  /** NaN where a patch has none. */
  readonly values: Float64Array;
  readonly notices: readonly string[];
}

/** Patches of a slide and a finite number for each; arrays of one length. */
export interface PatchValues {
  readonly name: string;
  readonly kind: ValueKind;
  /** Top-left corners and what patches span, in level-0 pixels; fractions where they were cut at a pixel size. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: Float64Array;
  readonly height: Float64Array;
  readonly values: Float64Array;
}
