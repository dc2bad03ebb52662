/**
 * What became of a slide: `done`; `missing`: there is no file of features; `empty`: it has no patches; `failed`: it can't be read or
 * does not fit the model.
 */
export type SlideStatus = 'done' | 'missing' | 'empty' | 'failed';

/** What is said of a slide. */
export interface SlideVerdict {
  /** One for each class; they add up to 1. */
  readonly probabilities: readonly number[];
  /** Of two classes the second where its probability reaches the threshold, else the first; of more the most probable one. */
  readonly predicted: string;
  /** Probability of the predicted class. */
  readonly confidence: number;
  /** How far the second class's probability is from the threshold; of more classes, the first probability from the next. */
  readonly margin: number;
}

export interface SlideRow {
  readonly slide: string;
  readonly status: SlideStatus;
  /** Whether anything was done now; `done` where an earlier run had finished it. */
  readonly state: 'fresh' | 'done';
  /** Of slides that are done. */
  readonly verdict: SlideVerdict | undefined;
  /** Patches; undefined where that is not known. */
  readonly patches: number | undefined;
  /** Below the output folder. */
  readonly files: readonly string[];
  readonly notices: readonly string[];
  /** Of slides that are not done: why. */
  readonly error: { readonly message: string; readonly hint: string | undefined } | undefined;
}
