/** What goes wrong with what is written. */
import { SlideloomError, type SlideloomErrorOptions } from './slideloom-error.ts';

/** An output can't be written: no permission, a full disk, a path that is not a folder. */
export class OutputError extends SlideloomError {
  readonly tag = 'output';
  readonly path: string;
  constructor(path: string, message: string, options?: SlideloomErrorOptions) {
    super(`${path}: ${message}`, options);
    this.path = path;
  }
}

/** Another live process holds the output folder. */
export class OutputInUseError extends SlideloomError {
  readonly tag = 'output-in-use';
  readonly path: string;
  constructor(path: string, holder: string) {
    super(`${path}: the output folder is in use by ${holder}`, {
      hint: 'wait for that run to end, or choose another --out',
    });
    this.path = path;
  }
}
