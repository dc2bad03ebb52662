/** What all errors of slideloom have: a tag, the original error, and a hint. */
export type ErrorTag =
  | 'option'
  | 'source'
  | 'remote'
  | 'short-read'
  | 'unsupported-format'
  | 'tiff'
  | 'dicom'
  | 'codec'
  | 'icc'
  | 'annotation'
  | 'mask'
  | 'stain'
  | 'tile'
  | 'level'
  | 'slide-closed'
  | 'missing-mpp'
  | 'missing-part'
  | 'output'
  | 'output-in-use'
  | 'dataset'
  | 'tensor-file'
  | 'checkpoint'
  | 'training'
  | 'worker'
  | 'model'
  | 'operator'
  | 'session'
  | 'aborted';

export interface SlideloomErrorOptions {
  cause?: unknown;
  /** What the user can do about it, one sentence; shown below the message by the command line. */
  hint?: string;
}

export abstract class SlideloomError extends Error {
  abstract readonly tag: ErrorTag;
  readonly hint: string | undefined;

  constructor(message: string, options: SlideloomErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** Narrows to a slideloom error, of one of the given tags where any are given. */
export function isSlideloomError(error: unknown, ...tags: ErrorTag[]): error is SlideloomError {
  return error instanceof SlideloomError && (tags.length === 0 || tags.includes(error.tag));
}
