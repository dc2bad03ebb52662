/** What goes wrong with what a stage takes besides pixel sizes: annotations, masks of labels, stains. */
import { SlideloomError, type SlideloomErrorOptions } from './slideloom-error.ts';

/** A file of annotations is damaged, contradicts itself, or says something that can't be taken as it is. */
export class AnnotationError extends SlideloomError {
  readonly tag = 'annotation';
  readonly source: string;
  /** The region or element in question, such as `Region Id="12"`, where one is known. */
  readonly element: string | undefined;
  constructor(source: string, message: string, options?: SlideloomErrorOptions & { element?: string | undefined }) {
    super(`${source}: ${options?.element === undefined ? '' : `${options.element}: `}${message}`, options);
    this.source = source;
    this.element = options?.element;
  }
}

/** A mask of labels can't be taken for a slide: it is no mask, does not lie on the slide, or has labels that nobody names. */
export class MaskError extends SlideloomError {
  readonly tag = 'mask';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}

/** The stains of a picture can't be told, and the caller did not want it left as it is. */
export class StainError extends SlideloomError {
  readonly tag = 'stain';
  /** Such as `too-few-tissue-pixels`. */
  readonly reason: string;
  readonly method: string;
  constructor(method: string, reason: string, options?: SlideloomErrorOptions) {
    super(`${method}: the stains can't be told (${reason})`, {
      hint: "leave such pictures as they are (library: onDegenerate 'keep'), or find the stains of the whole slide first",
      ...options,
    });
    this.reason = reason;
    this.method = method;
  }
}
