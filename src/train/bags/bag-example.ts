import type { Example } from '../data/example.ts';

/** The features of one slide, and what it is. `path` is that of the feature file. */
export interface BagExample extends Example {
  readonly slide: string;
  /** Patches, as the head of the file says. */
  readonly count: number;
  /** Of the slide itself, where the table of features says it. */
  readonly source: string | undefined;
}
