import { inspect } from 'node:util';
import { isSlideloomError } from '../utils/errors.ts';

export const EXIT = { done: 0, someFailed: 1, usage: 2, interrupted: 130 } as const;

const BUG_HINT = 'this is a fault of slideloom; --verbose shows where it happened';

/** What the command line and a JSON result say of an error. */
export interface ErrorDescription {
  readonly tag: string;
  readonly message: string;
  readonly hint?: string;
  /** The error's own facts: slide, level, path ... */
  readonly [field: string]: unknown;
}

/** The tag, the message, the hint and the error's own fields, fit for JSON. */
export function describeError(thrown: unknown): ErrorDescription {
  const error = unwrap(thrown);
  if (isSlideloomError(error)) {
    const { tag, message, hint, name: _name, cause: _cause, stack: _stack, ...fields } = error;
    return { tag, message, ...(hint === undefined ? {} : { hint }), ...fields };
  }
  const message = error instanceof Error ? error.message || error.name : inspect(error);
  return { tag: 'unexpected', message, hint: BUG_HINT };
}

/** Two lines for a terminal; with `verbose` the stack, and those of the causes. */
export function formatError(error: unknown, verbose: boolean): string {
  const { message, hint } = describeError(error);
  const lines = [`error: ${message}`, ...(hint === undefined ? [] : [`hint: ${hint}`])];
  if (verbose) lines.push(inspect(error));
  return `${lines.join('\n')}\n`;
}

/** What went wrong first, where closing something failed after it. */
function unwrap(error: unknown): unknown {
  const closing = error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error;
  return closing ? unwrap(error.suppressed) : error;
}

/** Wrong usage is 2, an interrupt 130, all else 1. */
export function toExitCode(thrown: unknown): number {
  const error = unwrap(thrown);
  if (isSlideloomError(error, 'option')) return EXIT.usage;
  return isSlideloomError(error, 'aborted') ? EXIT.interrupted : EXIT.someFailed;
}
