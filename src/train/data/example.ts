/** What the examples of a training are. */
export type ExampleUnit = 'pictures' | 'slides';

/** A picture that lies in a larger file, such as a tar. */
export interface PictureRange {
  readonly offset: number;
  readonly length: number;
}

/** One picture, or the features of one slide, and what it shows. */
export interface Example {
  /** Absolute. */
  readonly path: string;
  /** Where it lies in that file, in bytes; undefined where the file is the picture. */
  readonly range?: PictureRange | undefined;
  /** Index of its class. */
  readonly label: number;
  /** Undefined where the table does not say. */
  readonly patient: string | undefined;
  readonly slide: string | undefined;
}

/** A row of a table before its label is held against the classes. */
export interface ExampleRow {
  readonly path: string;
  /** As it stands in the table: a name or a number. */
  readonly label: string;
  readonly patient: string | undefined;
  readonly slide: string | undefined;
  readonly table: string;
  /** Of the table, from 1. */
  readonly line: number;
}

/** What a table of slides says of one. */
export interface SlideLabel {
  readonly label: string | undefined;
  readonly patient: string | undefined;
  /** Of that table, from 1. */
  readonly line: number;
}
