import { SlideloomError } from '../utils/errors.ts';

/** The command line itself is wrong: an unknown command, option or config key, or one that is missing. Exit code 2. */
export class UsageError extends SlideloomError {
  readonly tag = 'option';
}
